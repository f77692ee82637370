import { mkdirSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { type Bench, oursAtMost } from '../bench.ts'
import { run, startCommand } from '../harness/child.ts'
import type { Context } from '../harness/context.ts'
import { secret } from '../harness/house.ts'
import { freePort } from '../harness/postgres.ts'
import { createStops } from '../harness/stops.ts'

/** Resolves when `/ready` answers 200; looks every five milliseconds. */
async function ready(port: number): Promise<void> {
  const look = () =>
    new Promise<boolean>(resolve => {
      get({ port, host: '127.0.0.1', path: '/ready' }, res => {
        res.resume()
        resolve(res.statusCode === 200)
      }).on('error', () => resolve(false))
    })
  while (!(await look())) await new Promise(resolve => setTimeout(resolve, 5))
}

/** Seconds from the command to the first time that it is ready. */
async function startedIn(context: Context, dataDir: string): Promise<number> {
  const [stops, port] = [createStops(), await freePort()]
  context.stops.add(stops.run)
  const began = performance.now()
  const env = { DATA_DIR: dataDir, PORT: String(port), NODE_ENV: 'production', JWT_SECRET: secret }
  const started = startCommand(stops, [process.execPath, 'bin/start.js'], { env, ready: /ready after/ })
  await Promise.race([ready(port), started.then(() => ready(port))])
  const seconds = (performance.now() - began) / 1_000
  await started
  await stops.run()
  return seconds
}

export const start: Bench = {
  goals: { 'start.cold': oursAtMost(2.5), 'start.warm': oursAtMost(1) },
  unit: 's',
  method:
    'What `npm start` runs, with the embedded PostgreSQL, until `/ready` answers 200: in an empty data folder, and once more in the same, against the seconds that it may take.',
  async open(context) {
    await run([process.execPath, 'bin/build.js']) // as npm ci does
    let rounds = 0
    return async () => {
      const dataDir = join(context.folder, `start-${rounds++}`)
      mkdirSync(dataDir)
      return {
        'start.cold': { ours: await startedIn(context, dataDir), reference: 2.5 },
        'start.warm': { ours: await startedIn(context, dataDir), reference: 1 },
      }
    }
  },
}
