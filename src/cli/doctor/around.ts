import { readFileSync } from 'node:fs'
import { mkdir, statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { dadataCompanyRegistry } from '../../adapter/dadata/company-registry.ts'
import { pingRedis } from '../../adapter/redis/ping.ts'
import type { Config } from '../../config.ts'
import { type Finding, fail, ok, reasonOf, sizeOf, warn } from './finding.ts'

// What the program needs besides its database.

const patienceMs = 5_000
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

export function versions(): Finding {
  const file = new URL('../../../package.json', import.meta.url)
  const { version, engines } = JSON.parse(readFileSync(file, 'utf8')) as { version: string; engines: { node: string } }
  const says = `WellWon ${version} on Node ${process.versions.node}`
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [least = 0, leastMinor = 0] = engines.node
    .replace(/[^\d.]/g, '')
    .split('.')
    .map(Number)
  const old = major < least || (major === least && minor < leastMinor)
  return old ? fail('versions', says, `Install Node ${engines.node}.`) : ok('versions', says)
}

export const settings = ({ production, role }: Config): Finding =>
  ok('settings', `ROLE=${role}, ${production ? 'production' : 'development: NODE_ENV is not production'}`)

/** The folders that hold data. That of a database elsewhere is its own affair. */
export async function disk({ dataDir, filesDir, databaseUrl }: Config): Promise<Finding[]> {
  const folders = [
    ['DATA_DIR', dataDir],
    ['FILES_DIR', filesDir],
  ] as const
  const findings = folders.map(async ([name, folder]) => {
    await mkdir(folder, { recursive: true })
    const { bavail, blocks, bsize } = await statfs(folder)
    const [free, all] = [bavail * bsize, blocks * bsize]
    const says = `${sizeOf(free)} free of ${sizeOf(all)} at ${folder}`
    const todo = `Make room, or move ${name}${name === 'DATA_DIR' && !databaseUrl ? ': without it PostgreSQL stops' : ''}.`
    if (free < 500e6) return fail(`disk of ${name}`, says, todo)
    return free < Math.min(all / 10, 10e9) ? warn(`disk of ${name}`, says, todo) : ok(`disk of ${name}`, says)
  })
  return Promise.all(findings)
}

export async function redis({ redisUrl, role }: Config): Promise<Finding> {
  if (!redisUrl)
    return role === 'all'
      ? ok('Redis', 'not configured: one process needs none')
      : warn('Redis', 'not configured', 'Set REDIS_URL: without it processes notice each other within a second only.')
  try {
    return ok('Redis', `answers, version ${await pingRedis(redisUrl, patienceMs)}`)
  } catch (error) {
    return fail('Redis', reasonOf(error), 'Start it, or correct REDIS_URL. Until then processes wake each other late.')
  }
}

export async function mail({ smtpUrl, production }: Config): Promise<Finding> {
  if (!smtpUrl)
    return production
      ? warn('mail', 'not configured', 'Set SMTP_URL: nobody gets a mail, so no password can be reset.')
      : ok('mail', 'not configured: mails are kept for a page of development')
  const { protocol, hostname, port } = new URL(smtpUrl)
  const secure = protocol === 'smtps:'
  const at = { host: hostname, port: Number(port) || (secure ? 465 : 587) }
  try {
    return ok('mail', `${at.host}:${at.port} greets with ${(await greetingOf(at, secure)).slice(0, 3)}`)
  } catch (error) {
    return fail(
      'mail',
      `${at.host}:${at.port}: ${reasonOf(error)}`,
      'Correct SMTP_URL, or start the mail server. Mails wait.',
    )
  }
}

/** The first line that a mail server says. */
function greetingOf(at: { host: string; port: number }, secure: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = secure ? connectTls({ ...at, servername: at.host }) : connect(at)
    const end = (say: () => void) => {
      socket.destroy()
      say()
    }
    socket.setTimeout(patienceMs, () => end(() => reject(new Error(`it said nothing for ${patienceMs / 1_000} s`))))
    socket.once('error', error => end(() => reject(error)))
    socket.once('close', () => reject(new Error('it closed the connection')))
    socket.once('data', data => {
      const line = data.toString('latin1').split('\r\n')[0] ?? ''
      end(() =>
        line.startsWith('220')
          ? resolve(line)
          : reject(new Error(`it is no mail server, or a busy one: ${line.slice(0, 80)}`)),
      )
    })
  })
}

/** A company that will always be there: the tax service itself. */
const wellKnown = '7707329152'

export async function dadata({ dadataUrl, dadataToken }: Config): Promise<Finding> {
  if (!dadataToken) return ok('DaData', 'not configured: companies cannot be looked up')
  try {
    const registry = dadataCompanyRegistry({ url: dadataUrl, token: dadataToken, log: silent })
    const found = await registry.byInn(wellKnown)
    return ok('DaData', found ? 'answers' : `answers, but does not know ${wellKnown}`)
  } catch (error) {
    return fail(
      'DaData',
      reasonOf(error),
      'Look at DADATA_TOKEN and DADATA_URL. Until then companies cannot be looked up.',
    )
  }
}
