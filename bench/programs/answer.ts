import { Session } from 'node:inspector/promises'
import { topOf } from '../harness/profile.ts'

const inspector = new Session()

/** Where the time of this process goes, between the two. */
const profiling = {
  async 'profile.start'() {
    inspector.connect()
    await inspector.post('Profiler.enable')
    await inspector.post('Profiler.start')
  },
  async 'profile.stop'() {
    const { profile } = await inspector.post('Profiler.stop')
    inspector.disconnect()
    return topOf(profile)
  },
}

/** The other side of `startProgram`: carries out what is asked, by name, and ends when who asks is gone. */
export function answer(questions: Record<string, (args: never) => unknown>): void {
  const all: typeof questions = { ready: () => null, ...profiling, ...questions }
  process.on('message', async ({ id, what, args }: { id: number; what: string; args: never }) => {
    try {
      process.send?.({ id, value: await all[what]?.(args) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit())
}
