import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { domains } from '../src/domains.ts'
import { until } from './contract/pubsub.ts'
import { freshDatabase } from './fresh.ts'
import { type Line, logOf, Model } from './histories/log.ts'
import { sees, served, shouldSee } from './histories/looks.ts'
import { moves } from './histories/moves.ts'
import { atRest, broken, claimed } from './histories/rules.ts'
import { carryOut, type History, openHistory } from './histories/run.ts'
import { drawLimit } from './histories/world.ts'
import type { Workshop } from './workshop.ts'

// Over random histories of all commands of all domains, by people of two companies at once, with the processes beside them.
// TEST_SEED runs another one; TEST_SHRINK=1 looks for a shorter history that fails as well.

const seed = Number(process.env.TEST_SEED ?? 20_261_121)
const shrink = Boolean(process.env.TEST_SHRINK)
const runs = Number(process.env.TEST_RUNS ?? 6)

const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => void process.off('unhandledRejection', note))

const step = fc.array(fc.nat(drawLimit), { minLength: 24, maxLength: 24 })
const history = fc
  .array(step, { minLength: shrink ? 1 : 150, maxLength: 170, size: 'max' })
  .map(steps => Object.assign(steps, { [fc.toStringMethod]: () => `${steps.length} steps` }))

const commands = domains.flatMap(domain => domain.deciders.flatMap(decider => Object.keys(decider.commands))).sort()

test('each command of the house has a move in test/histories/moves.ts', () => {
  expect(commands.filter(type => !moves[type])).toEqual([])
  expect(Object.keys(moves).filter(type => !commands.includes(type))).toEqual([])
})

/** The log command by command, each checked against what was so before it. */
function folded(log: readonly Line[], { told }: History): [Model, string[]] {
  const model = new Model()
  const wrong: string[] = []
  for (let at = 0; at < log.length; ) {
    const { command, stream } = log[at] as Line
    const to = log.findIndex((line, i) => i > at && (line.command !== command || line.stream !== stream))
    const lines = log.slice(at, to < 0 ? log.length : to)
    wrong.push(...broken(model, lines, told.get(command)))
    at += lines.length
  }
  return [model, wrong]
}

/** What is claimed in the store: it has to be what the living have, so that what somebody gave away can be had again. */
async function claims(shop: Workshop): Promise<[kind: string, values: string[]][]> {
  const rows = await shop.query<{ kind: string; value: string }>('select kind, value from claims')
  const of = (kind: string) => rows.filter(row => row.kind === kind).map(row => row.value)
  return ['email', 'handle', 'inn', 'direct'].map(kind => [kind, of(kind).sort()])
}

async function check(steps: readonly (readonly number[])[]): Promise<History> {
  const fresh = await freshDatabase()
  const { shop, rests, did } = openHistory(fresh.url)
  try {
    const history = await carryOut(shop, steps)
    await until(rests)
    const [model, wrong] = folded(await logOf(shop), history)
    expect([...wrong, ...atRest(model)]).toEqual([])
    expect(await shop.differences()).toEqual([])
    expect(await claims(shop)).toEqual(claimed(model).map(([kind, values]) => [kind, values.sort()]))
    const signedIn = [...model.users].filter(([, { status }]) => status === 'ACTIVE').map(([id]) => id)
    expect(signedIn.length).toBeGreaterThan(1)
    for (const userId of signedIn) expect(await sees(shop, model, userId)).toEqual(shouldSee(model, userId))
    const [given, right] = await served(shop, model)
    expect(given).toEqual(right)
    return { ...history, went: [...history.went, ...did] }
  } finally {
    await shop.close()
    await fresh.drop()
  }
}

test(`after a random history all is as the log says, and nobody did or sees what they may not (seed ${seed})`, {
  timeout: 240_000,
}, async () => {
  const all: History[] = []
  const holds = fc.asyncProperty(history, async steps => void all.push(await check(steps)))
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
