import { expect } from 'vitest'
import { globalId } from '../../src/graph/node.ts'
import { until } from '../contract/pubsub.ts'
import { freshDatabase } from '../fresh.ts'
import type { Workshop } from '../workshop.ts'
import { openApi } from './context.ts'
import { amiss, type Followed, follow } from './feeds.ts'
import { type Line, logOf, Model } from './log.ts'
import { sees, served, shouldSee } from './looks.ts'
import { atRest, broken, claimed } from './rules.ts'
import { carryOut, type History, openHistory } from './run.ts'
import { toldWrongly } from './told.ts'

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

/** Carries a history out and looks at what came of it; `followers`: how many people hear all of their feeds meanwhile. */
export async function check(steps: readonly (readonly number[])[], followers: number): Promise<History> {
  const fresh = await freshDatabase()
  const { shop, rests, did } = openHistory(fresh.url)
  const api = openApi(shop)
  const followed: Followed[] = []
  try {
    const history = await carryOut(shop, steps, async ({ people, chats, companies }) => {
      for (const { id } of people.slice(0, followers)) {
        const who = api.as(id)
        const mine = (of: { id: string; people: string[] }[]) => of.filter(one => one.people.includes(id))
        followed.push(await follow(who, 'inbox', globalId('Viewer', id)))
        for (const chat of mine(chats)) followed.push(await follow(who, 'chat', globalId('Chat', chat.id)))
        for (const one of mine(companies)) followed.push(await follow(who, 'company', globalId('Company', one.id)))
      }
    })
    await until(rests)
    const log = await logOf(shop)
    const [model, wrong] = folded(log, history)
    expect([...wrong, ...atRest(model), ...toldWrongly(log, model)]).toEqual([])
    expect(await shop.differences()).toEqual([])
    expect(await claims(shop)).toEqual(claimed(model).map(([kind, values]) => [kind, values.sort()]))
    const signedIn = [...model.users].filter(([, { status }]) => status === 'ACTIVE').map(([id]) => id)
    expect(signedIn.length).toBeGreaterThan(1)
    for (const userId of signedIn) expect(await sees(api.as(userId), shop, model)).toEqual(shouldSee(model, userId))
    const hearing = followed.filter(({ who }) => signedIn.includes(who.userId))
    expect((await Promise.all(hearing.map(one => amiss(one, model)))).flat()).toEqual([])
    const [given, right] = await served(shop, model)
    expect(given).toEqual(right)
    return { ...history, went: [...history.went, ...did] }
  } finally {
    for (const one of followed) one.stop()
    api.stop()
    await shop.close()
    await fresh.drop()
  }
}
