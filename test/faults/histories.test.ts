import fc from 'fast-check'
import { test } from 'vitest'
import { seededRun } from '../fixtures/server.ts'
import { check } from '../histories/check.ts'
import { stepsOf } from '../histories/world.ts'

// The histories of test/histories.test.ts, always others, while everybody follows all of their feeds.

test('whoever queried once and heard the feeds has in the end what a query says', async () => {
  const { seed } = seededRun()
  const holds = fc.asyncProperty(stepsOf(150), async steps => void (await check(steps, 6)))
  await fc.assert(holds, { seed, numRuns: Number(process.env.TEST_RUNS ?? 4), endOnFailure: true, unbiased: true })
})
