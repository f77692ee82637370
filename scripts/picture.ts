/**
 * Makes docs/pictures/graphiql.png from the real page: starts the server on an empty data directory, plays a first
 * session in two windows of GraphiQL, and takes the picture when the message of one has arrived in the other.
 */
import { mkdirSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { choose, chromiumPath, openWindow, play, shown, startBrowser, startServer } from '../test/browser/window.ts'

const file = 'docs/pictures/graphiql.png'

if (!chromiumPath) {
  console.error(
    'CHROMIUM_PATH is not set: give the path of a Chromium, as in CHROMIUM_PATH=/usr/bin/chromium npm run picture',
  )
  process.exit(1)
}

const server = await startServer()
const browser = await startBrowser(chromiumPath)
try {
  const profile = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    colorScheme: 'dark',
    permissions: ['clipboard-write'],
  })
  const ada = await openWindow(profile, server.url)
  const ben = await openWindow(profile, server.url)
  await run(ben, 'Register', '"accessToken"')
  await run(ada, 'Register', '"accessToken"')
  await run(ada, 'LogIn', '"accessToken"')
  await run(ada, 'CreateChat', '"Our first chat"')
  await run(ada, 'ChatEvents', '"live": true')
  await write(ben, 'Good morning, Ada! The house stands.')
  await run(ben, 'SendMessage', 'Good morning')
  await until(ada, 'Good morning')
  await ada.locator('.graphiql-logo').hover() // nothing under the mouse is highlighted
  await settled(ada)
  mkdirSync('docs/pictures', { recursive: true })
  await ada.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
  console.log(`${file}: ${Math.ceil(statSync(file).size / 1024)} kB`)
} finally {
  await browser.close()
  await server.stop()
}

async function run(window: Page, tab: string, answer: string): Promise<void> {
  await play(window, tab)
  await until(window, answer)
}

async function until(window: Page, answer: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await pause(100))
    if ((await shown(window)).includes(answer)) return
  throw new Error(`${answer} did not appear. The answer's pane shows:\n${await shown(window)}`)
}

/** Puts a text of its own into the tab that sends a message, as somebody would who pastes it. */
async function write(window: Page, text: string): Promise<void> {
  await choose(window, 'SendMessage')
  const variables = { input: { chatId: '<chatId>', content: { text } } }
  const editor = window.locator('[aria-label="Variables"] .graphiql-editor:not(.hidden) .view-lines')
  await editor.click()
  await window.keyboard.press('ControlOrMeta+A')
  await window.evaluate(`navigator.clipboard.writeText(${JSON.stringify(JSON.stringify(variables, null, 2))})`)
  await window.keyboard.press('ControlOrMeta+V') // typed brackets would be closed by the editor as well
  await editor.getByText(text.split(' ')[0] ?? '').waitFor()
}

/** Waits until two looks at the page, one after the other, see the same. */
async function settled(window: Page): Promise<void> {
  const look = async () => (await window.screenshot({ caret: 'hide' })).toString('base64')
  for (let before = await look(), deadline = Date.now() + 10_000; Date.now() < deadline; await pause(500)) {
    const now = await look()
    if (now === before) return
    before = now
  }
}
