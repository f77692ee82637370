import { pino } from 'pino'
import { type App, compose } from '../src/compose.ts'
import { type Config, loadConfig } from '../src/config.ts'
import { freshDatabase } from './fresh.ts'

export interface House extends App {
  url: string
  databaseUrl: string
  /** Stops the server and drops its database. */
  close: () => Promise<void>
}

export const testSecret = 'a secret of at least thirty-two characters, for tests'

/** The whole program in this process, on a port and a database of its own. `more`: settings as in the environment. */
export async function openHouse(more: Record<string, string> = {}): Promise<House> {
  const { url: databaseUrl, drop } = await freshDatabase()
  const app = await openDoor(databaseUrl, more)
  const close = async () => {
    await app.stop()
    await drop()
  }
  return { ...app, url: `http://127.0.0.1:${app.port}`, databaseUrl, close }
}

/** One more process' worth of the program on a database that is there. */
export function openDoor(databaseUrl: string, more: Record<string, string> = {}): Promise<App> {
  const config: Config = loadConfig({ DATABASE_URL: databaseUrl, PORT: '0', LOG_LEVEL: 'silent', ...more })
  return compose(config, testSecret, pino({ level: process.env.TEST_LOG ?? config.logLevel }))
}
