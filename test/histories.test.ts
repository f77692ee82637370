import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { domains } from '../src/domains.ts'
import { check } from './histories/check.ts'
import { moves } from './histories/moves.ts'
import type { History } from './histories/run.ts'
import { stepsOf } from './histories/world.ts'

// Over random histories of all commands of all domains, by people of two companies at once, with the processes beside them.
// TEST_SEED runs another one; TEST_SHRINK=1 looks for a shorter history that fails as well.

const seed = Number(process.env.TEST_SEED ?? 20_261_121)
const shrink = Boolean(process.env.TEST_SHRINK)
const runs = Number(process.env.TEST_RUNS ?? 4)

const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => void process.off('unhandledRejection', note))

const commands = domains.flatMap(domain => domain.deciders.flatMap(decider => Object.keys(decider.commands))).sort()

test('each command of the house has a move in test/histories/moves.ts', () => {
  expect(commands.filter(type => !moves[type])).toEqual([])
  expect(Object.keys(moves).filter(type => !commands.includes(type))).toEqual([])
})

test(`after a random history all is as the log says, and nobody did or sees what they may not (seed ${seed})`, {
  timeout: 240_000,
}, async () => {
  const all: History[] = []
  // Live feeds are followed in one of them: test/faults follows more.
  const holds = fc.asyncProperty(
    stepsOf(shrink ? 1 : 150),
    async steps => void all.push(await check(steps, all.length ? 0 : 3)),
  )
  await fc.assert(holds, { seed, numRuns: runs, endOnFailure: !shrink, unbiased: true })
  expect(unhandled).toEqual([])
  const told = new Set(all.flatMap(one => [...one.told.values()].map(({ type }) => type)))
  expect(commands.filter(type => !told.has(type))).toEqual([])
  // Not only told: nearly all of them changed something as well, and were refused for all kinds of reasons.
  const went = new Set(all.flatMap(one => one.went))
  expect(commands.filter(type => !went.has(type)).length).toBeLessThan(commands.length / 8)
  expect([...new Set(all.flatMap(one => one.refused))]).toEqual(expect.arrayContaining(reasons))
})
const reasons = ['INVALID_INPUT', 'NOT_FOUND', 'FORBIDDEN', 'STATE_CONFLICT', 'VERSION_CONFLICT', 'ALREADY_EXISTS']
