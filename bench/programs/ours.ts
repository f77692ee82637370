// The program as it is, in a process that can be asked what it does. Settings come from the environment.
import pg from 'pg'
import { createLog } from '../../src/adapter/pino/log.ts'
import { compose } from '../../src/compose.ts'
import { loadConfig } from '../../src/config.ts'
import { secret } from '../harness/house.ts'
import { answer } from './answer.ts'

let statements = 0
const { query } = pg.Client.prototype
pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
  statements++
  return (query as (...all: unknown[]) => unknown).apply(this, args)
} as typeof query

const config = loadConfig()
const app = await compose(config, secret, createLog(config.logLevel, config.role))

answer({
  listen: () => app.port,
  /** Statements sent to the database so far. */
  statements: () => statements,
  gc: () => globalThis.gc?.(),
})
