import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tabs } from '../../src/api/tabs.ts'
import {
  choose,
  chromiumPath,
  openWindow,
  play,
  type Server,
  shown,
  startBrowser,
  startServer,
  usable,
} from './window.ts'

const order = ['Register', 'LogIn', 'CreateChat', 'ChatEvents', 'SendMessage', 'ReadBack', 'MyChats', 'Inbox']
const company = [
  ...['CompanyLookup', 'CreateCompany', 'InviteCompanyMember', 'AcceptCompanyInvitation', 'CompanyEvents'],
  ...['CreateFileUpload', 'CompleteFileUpload', 'SearchMessages', 'Notifications'],
]

test('the tabs are a first session and a first company in order, each valid against schema.graphql', () => {
  expect(tabs.map(tab => tab.name)).toEqual([...order, 'AddParticipants', ...company])
  const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
  for (const { name, query } of tabs) expect([name, validate(schema, parse(query)).map(String)]).toEqual([name, []])
})

if (!chromiumPath)
  console.warn(
    'SKIPPED: GraphiQL was not tried in a browser. Set CHROMIUM_PATH to a Chromium, as in CHROMIUM_PATH=/usr/bin/chromium npm test',
  )

describe.skipIf(!chromiumPath)('GraphiQL in Chromium', () => {
  let server: Server
  let browser: Browser
  let profile: BrowserContext
  const requests: string[] = []
  const complaints: string[] = []

  /** A profile, whose requests and complaints are written down. */
  async function newProfile(): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 1400 } })
    context.on('request', request => requests.push(request.url()))
    context.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    context.on('weberror', error => complaints.push(error.error().message))
    context.on('page', page => page.on('websocket', socket => requests.push(socket.url())))
    return context
  }

  /** Waits until the answer's pane shows all of these. */
  const shows = (window: Page, ...texts: string[]) =>
    expect
      .poll(() => shown(window), { timeout: 15_000 })
      .toSatisfy((pane: string) => texts.every(text => pane.includes(text)))

  beforeAll(async () => {
    server = await startServer({ ACCESS_TOKEN_SECONDS: '12' }) // so short that they run out on the way
    browser = await startBrowser(chromiumPath ?? '')
    profile = await newProfile()
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  test('two windows are two people, and go through the tabs by pressing play', { timeout: 120_000 }, async () => {
    const ada = await openWindow(profile, server.url)
    const ben = await openWindow(profile, server.url)
    expect(await ada.locator('[id^="graphiql-session-tab-"]').allTextContents()).toEqual(tabs.map(tab => tab.name))

    await play(ben, 'Register')
    await shows(ben, '"displayName": "Ben"', '"accessToken"')
    await play(ada, 'Register')
    await shows(ada, '"displayName": "Ada"', '"accessToken"')
    await play(ada, 'LogIn')
    await shows(ada, '"displayName": "Ada"', '"deviceName": "GraphiQL"', '"current": true')
    await play(ada, 'CreateChat')
    await shows(ada, '"title": "Our first chat"', '"displayName": "Ada"', '"displayName": "Ben"')
    await play(ada, 'ChatEvents')
    await shows(ada, '"live": true', '"event": null')

    await play(ben, 'SendMessage')
    await shows(ben, '"sendMessage"', '"body": "Hello from Ben!"')
    await shows(ada, '"MessageSent"', '"body": "Hello from Ben!"', '"displayName": "Ben"')
    const first = sequence(await shown(ada))
    await play(ben, 'SendMessage')
    await shows(ada, `"sequence": ${first + 1}`)

    await play(ada, 'SendMessage') // leaves the tab that listens
    await shows(ada, '"body": "Hello from Ada!"')
    await play(ada, 'ChatEvents')
    await shows(ada, `"sequence": ${first + 2}`, '"body": "Hello from Ada!"')

    await play(ada, 'ReadBack')
    await shows(ada, '"body": "Hello from Ben!"', '"body": "Hello from Ada!"')
    await play(ada, 'MyChats')
    await shows(ada, '"title": "Our first chat"', '"displayName": "Ada"')
    await play(ada, 'Inbox')
    await shows(ada, '"inbox"', '"live": true')

    const clara = await openWindow(profile, server.url)
    await play(clara, 'Register')
    await shows(clara, '"displayName": "Clara"')
    await play(ada, 'AddParticipants')
    await shows(ada, '"participantCount": 3', '"displayName": "Clara"')
    await play(clara, 'SendMessage')
    await shows(clara, '"body": "Hello from Clara!"')
  })

  test('a reload keeps the person and the tabs', { timeout: 60_000 }, async () => {
    const window = await openWindow(profile, server.url)
    await play(window, 'Register')
    await shows(window, '"accessToken"')
    await play(window, 'CreateChat')
    await shows(window, '"Our first chat"')
    await choose(window, 'ReadBack')
    await stored(window, 'graphiql:tabState', '"activeTabIndex":5')
    await window.reload()
    await usable(window)
    expect(await window.locator('[id^="graphiql-session-tab-"]').allTextContents()).toEqual(tabs.map(tab => tab.name))
    await play(window, 'ReadBack')
    await shows(window, '"title": "Our first chat"')
    expect(new URL(window.url()).search).toBe('')
  })

  test('tokens that ran out or are refused are renewed without a word', { timeout: 60_000 }, async () => {
    const window = await openWindow(profile, server.url)
    await play(window, 'Register')
    await shows(window, '"accessToken"')
    for (const worn of ['accessTokenExpiresAt: "2020-01-01T00:00:00Z"', 'accessToken: "refused"']) {
      const before = await tokens(window)
      await window.evaluate(`sessionStorage.setItem('wellwon:tokens', JSON.stringify({ ...${before}, ${worn} }))`)
      await play(window, 'MyChats')
      await shows(window, '"handle"')
      expect(await tokens(window)).not.toContain(JSON.parse(before).refreshToken)
      await choose(window, 'LogIn')
    }
  })

  test('a subscription outlives the token that it began with', { timeout: 60_000 }, async () => {
    const pair = await newProfile()
    const sending = await openWindow(pair, server.url)
    await play(sending, 'Register')
    await shows(sending, '"accessToken"')
    const listening = await openWindow(pair, server.url)
    await play(listening, 'Register')
    await shows(listening, '"accessToken"')
    await play(listening, 'CreateChat')
    await shows(listening, '"Our first chat"')
    await play(listening, 'ChatEvents')
    await shows(listening, '"event": null')
    const before = await tokens(listening)
    await expect.poll(() => tokens(listening), { timeout: 30_000 }).not.toBe(before)
    await play(sending, 'SendMessage')
    await shows(listening, '"MessageSent"', '"body": "Hello from Ada!"')
    await pair.close()
  })

  test('a window that has seen no chat says so, and asks nothing', { timeout: 60_000 }, async () => {
    const elsewhere = await newProfile()
    const window = await openWindow(elsewhere, server.url)
    await play(window, 'ReadBack')
    await shows(window, 'No chat was seen here yet.')
    await elsewhere.close()
  })

  test('in all of this no request left the origin, and the page complained about nothing', {
    timeout: 60_000,
  }, async () => {
    const window = await openWindow(await newProfile(), server.url)
    await play(window, 'Register')
    await shows(window, '"accessToken"')
    const origins = new Set(requests.filter(url => !url.startsWith('data:')).map(url => new URL(url).origin))
    expect([...origins]).toEqual([server.url])
    const refusals = /status of 401/ // Chromium notes each; one test provokes one
    expect(complaints.filter(text => !refusals.test(text))).toEqual([])
  })
})

const sequence = (pane: string): number => Number(/"sequence": (\d+)/.exec(pane)?.[1])

const tokens = (window: Page): Promise<string> => window.evaluate<string>(`sessionStorage.getItem('wellwon:tokens')`)

/** Waits until GraphiQL has written that down: it does so half a second after a change. */
const stored = (window: Page, key: string, text: string) =>
  expect
    .poll(() => window.evaluate<string>(`sessionStorage.getItem(${JSON.stringify(key)})`), { timeout: 10_000 })
    .toContain(text)
