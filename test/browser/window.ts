import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** Where Chromium is. Without it there is nothing to drive. */
export const chromiumPath = process.env.CHROMIUM_PATH

export type Server = { readonly url: string; stop(): Promise<void> }

/** The server as `npm start` runs it, on a data directory and a port of its own. Rejects when it is not ready in 90 s. */
export async function startServer(settings: Record<string, string> = {}): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'wellwon-graphiql-'))
  const port = await freePort()
  const { DATABASE_URL, REDIS_URL, ...env } = process.env
  const child = spawn(process.execPath, ['bin/start.js'], {
    env: { ...env, DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => (said = `${said}${chunk}`.slice(-4_000)))
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    await ended(child)
    await rm(dataDir, { recursive: true, force: true })
  }
  for (const deadline = Date.now() + 90_000; ; await pause(100)) {
    if (await isReady(url)) return { url, stop }
    if (child.exitCode === null && Date.now() < deadline) continue
    await stop()
    throw new Error(`The server did not get ready. It said:\n${said}`)
  }
}

const isReady = (url: string) =>
  fetch(`${url}/ready`).then(
    answer => answer.status === 200,
    () => false,
  )

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise<void>(resolve => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const kill = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await exit
  clearTimeout(kill)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** A Chromium that talks to nobody by itself, with a profile of its own. */
export const startBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** Opens one more window of GraphiQL, and waits until it can be used. */
export async function openWindow(browser: BrowserContext, url: string): Promise<Page> {
  const window = await browser.newPage()
  await window.goto(`${url}/graphql`)
  await usable(window)
  return window
}

/** Waits until GraphiQL has put the operation of the active tab into its editor. */
export async function usable(window: Page): Promise<void> {
  await window.locator('.graphiql-execute-button').waitFor()
  await window.locator('.graphiql-query-editor .view-line').first().waitFor()
  await window.locator('[aria-label="Variables"] .view-line').first().waitFor()
}

/** Changes to the tab of that name, if it is not the active one: GraphiQL would undo what was just typed into it. */
export async function choose(window: Page, tab: string): Promise<void> {
  await window.bringToFront() // a window behind another one is drawn once a second
  const active = await window.locator('.graphiql-tab-active .graphiql-tab-button').textContent()
  if (active !== tab) await window.locator(`[id^="graphiql-session-tab-"][title="${tab}"]`).click()
  await window.locator('.graphiql-query-editor .view-line', { hasText: tab }).first().waitFor()
}

/** Changes to the tab of that name and presses play, or stop where a subscription runs. */
export async function play(window: Page, tab: string): Promise<void> {
  await choose(window, tab)
  await window.locator('.graphiql-execute-button').click()
}

/** What stands in the answer's pane, as it reads from top to bottom. */
export async function shown(window: Page): Promise<string> {
  const lines = await window
    .locator('.result-window .view-line')
    .evaluateAll(all => all.map(line => ({ top: Number.parseFloat(line.style.top), text: line.textContent ?? '' })))
  const text = lines.sort((a, b) => a.top - b.top).map(line => line.text)
  return text.join('\n').replaceAll('\u00a0', ' ')
}
