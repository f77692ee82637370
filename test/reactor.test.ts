import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatEvents } from '../src/domain/chat/events.ts'
import { userAccountEvents } from '../src/domain/userAccount/events.ts'
import { chore } from '../src/kernel/chore.ts'
import { newId } from '../src/kernel/id.ts'
import { idOf } from '../src/kernel/message.ts'
import { type Doing, GiveUp, type Reactor, reactor, reactsTo, task, tasksOf } from '../src/kernel/reactor.ts'
import { until } from './contract/pubsub.ts'
import { freshDatabase } from './fresh.ts'
import { done, newGroup, newUser, openWorkshop, say, type Workshop } from './workshop.ts'

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
beforeAll(async () => {
  fresh = await freshDatabase()
})
afterAll(() => fresh.drop())
beforeEach(() => {
  shop = openWorkshop(fresh.url)
})
afterEach(() => shop.close())

type Do = Reactor['do'][string]

/** A process that does something when a chat is created. Each test has one of its own name. */
const onCreated = (name: string, run: Do, more: { start?: Reactor['start']; dueAt?: Date } = {}): Reactor =>
  reactor({
    name,
    start: more.start ?? 'now',
    on: [
      reactsTo(chatEvents, {
        ChatCreated: ({ stream }) => [task('greet', { chatId: idOf(stream) }, more.dueAt ? { dueAt: more.dueAt } : {})],
      }),
    ],
    do: { greet: run },
  })

const waiting = async (name: string) =>
  shop.query<{ attempts: number; error: string | null; fence: number }>(
    'select attempts, error, fence from tasks where reactor = $1',
    [name],
  )
const registered = (name: string) =>
  until(async () => (await shop.query('select 1 from checkpoints where consumer = $1', [name])).length === 1)
/** So that a test need not wait for the next attempt. */
const hurry = (name: string) =>
  shop.query('update tasks set due_at = now(), held_until = null where reactor = $1', [name])

describe('a reactor', () => {
  test('does its task once for each event, with a key that makes commands idempotent', async () => {
    const owner = await newUser(shop.dispatch)
    const greeted: string[] = []
    shop.react([
      onCreated('greeter', async ({ chatId }: { chatId: string }, { id }: Doing) => {
        const input = { chatId, messageId: id, text: 'welcome', replyToId: null }
        for (const _ of [1, 2]) await done(shop.carry({ type: 'SendMessage', input, actor: owner, key: id }))
        greeted.push(chatId)
      }),
    ])
    await registered('greeter')
    const chats = [await newGroup(shop.dispatch, owner), await newGroup(shop.dispatch, owner)]
    await until(async () => greeted.length >= 2 && (await waiting('greeter')).length === 0)
    expect([...greeted].sort()).toEqual([...chats].sort())
    const rows = await shop.query<{ n: number }>(
      'select count(*)::int n from messages where chat_id = any($1) and author_id is not null group by chat_id',
      [chats],
    )
    expect(rows.map(r => r.n)).toEqual([1, 1])
  })

  test('two workers share the tasks: none is done twice', async () => {
    const owner = await newUser(shop.dispatch)
    const greeted: string[] = []
    const shared = onCreated('sharer', async ({ chatId }: { chatId: string }) => {
      greeted.push(chatId)
    })
    shop.react([shared])
    shop.react([shared])
    await registered('sharer')
    const chats = await Promise.all(Array.from({ length: 20 }, () => newGroup(shop.dispatch, owner)))
    await until(async () => greeted.length >= 20 && (await waiting('sharer')).length === 0)
    expect([...greeted].sort()).toEqual([...chats].sort())
  })

  test('a task that fails is told without its payload, tried again, and done when it can be', async () => {
    const owner = await newUser(shop.dispatch)
    let broken = true
    const attempts: number[] = []
    shop.react([
      onCreated('stumbler', async (_, { attempt }) => {
        attempts.push(attempt)
        if (broken) throw new Error('secret words')
      }),
    ])
    await registered('stumbler')
    await newGroup(shop.dispatch, owner)
    await until(async () => (await waiting('stumbler'))[0]?.error != null)
    const [row] = await waiting('stumbler')
    expect(row?.error).toMatch(/^Error at test\/reactor\.test\.ts:\d+$/)
    expect(shop.lines.join()).not.toContain('secret words')
    broken = false
    await hurry('stumbler')
    await until(async () => (await waiting('stumbler')).length === 0)
    expect(attempts.slice(0, 2)).toEqual([1, 2])
  })

  test('a task that can never be done waits for the operator, who tries it again or drops it', async () => {
    const owner = await newUser(shop.dispatch)
    const tried: string[] = []
    shop.react([
      onCreated('hopeless', async (_, { id }) => {
        tried.push(id)
        throw new GiveUp('there is nobody to greet')
      }),
    ])
    await registered('hopeless')
    await newGroup(shop.dispatch, owner)
    const failed = async () => (await shop.tasks.failing()).filter(t => t.reactor === 'hopeless' && t.failedAt)
    await until(async () => (await failed()).length === 1)
    const [one] = await failed()
    expect(one).toMatchObject({ kind: 'greet', attempts: 1, error: 'there is nobody to greet' })
    await hurry('hopeless')
    expect(await shop.tasks.claim(['hopeless'], 2n ** 60n, 8)).toEqual([])
    expect(await shop.tasks.retry(one?.id ?? '')).toBe(true)
    shop.pubsub.publish('tasks')
    await until(() => tried.length === 2)
    await until(async () => (await failed()).length === 1)
    expect(await shop.tasks.drop(one?.id ?? '')).toBe(true)
    expect(await waiting('hopeless')).toEqual([])
    expect(await shop.tasks.retry(newId())).toBe(false)
  })

  test('a task comes when it is due, and again when it asks for it', async () => {
    const owner = await newUser(shop.dispatch)
    const runs: number[] = []
    const later = new Date(Date.now() + 3_600_000)
    shop.react([
      onCreated(
        'patient',
        async (_, { attempt }) => {
          runs.push(attempt)
          return runs.length === 1 ? { again: later } : undefined
        },
        { dueAt: later },
      ),
    ])
    await registered('patient')
    await newGroup(shop.dispatch, owner)
    await until(async () => (await waiting('patient')).length === 1)
    expect(await shop.tasks.claim(['patient'], 2n ** 60n, 8)).toEqual([])
    await hurry('patient')
    await until(async () => runs.length === 1 && (await waiting('patient'))[0]?.attempts === 0)
    await hurry('patient')
    await until(async () => (await waiting('patient')).length === 0)
    expect(runs).toEqual([1, 1])
  })

  test('rows are as new as the event when its task is done: those that are missing are waited for', async () => {
    const owner = await newUser(shop.dispatch)
    const chatId = await newGroup(shop.dispatch, owner)
    const commit = await say(shop.dispatch, chatId, owner, 'an event to wait for')
    const row = [newId(), String(commit.position)]
    await shop.query(
      "insert into tasks (id, reactor, kind, input, position, at, due_at) values ($1, 'w', 'k', '{}', $2, now(), now())",
      row,
    )
    const position = commit.position ?? 0n
    expect(await shop.tasks.claim(['w'], position - 1n, 8)).toEqual([])
    expect(await shop.tasks.claim(['w'], position, 8)).toMatchObject([{ id: row[0], attempt: 1 }])
  })

  test('who held a task too long can neither finish nor fail it', async () => {
    const id = newId()
    await shop.query(
      "insert into tasks (id, reactor, kind, input, position, at, due_at) values ($1, 's', 'k', '{}', 0, now(), now())",
      [id],
    )
    const claim = async () => (await shop.tasks.claim(['s'], 0n, 8))[0]
    const slow = await claim()
    expect(await claim()).toBeUndefined()
    await hurry('s')
    const quick = await claim()
    if (!slow || !quick) throw new Error('not claimed')
    await shop.tasks.finish(slow)
    await shop.tasks.fail(slow, 'too late', true)
    expect(await waiting('s')).toMatchObject([{ error: null }])
    await shop.tasks.finish(quick)
    expect(await waiting('s')).toEqual([])
  })

  test('begins with the first event or with what comes, and keeps its place over a restart', async () => {
    const owner = await newUser(shop.dispatch)
    const old = await newGroup(shop.dispatch, owner)
    const [all, fresh]: [string[], string[]] = [[], []]
    const keep =
      (list: string[]): Do =>
      async ({ chatId }: { chatId: string }) => {
        list.push(chatId)
      }
    const reactors = [
      onCreated('historian', keep(all), { start: 'beginning' }),
      onCreated('newcomer', keep(fresh), { start: 'now' }),
    ]
    const worker = shop.react(reactors)
    await registered('newcomer')
    const first = await newGroup(shop.dispatch, owner)
    await until(() => all.includes(first) && fresh.includes(first))
    await worker.stop()
    const second = await newGroup(shop.dispatch, owner)
    shop.react(reactors)
    await until(() => all.includes(second) && fresh.includes(second))
    expect(all).toContain(old)
    expect(fresh).toEqual([first, second])
    expect(all.length).toBe(new Set(all).size)
  })

  test('what it does not hear of is not even decoded', async () => {
    const user = await newUser(shop.dispatch)
    const ids: string[] = []
    shop.react([
      reactor({
        name: 'farewell',
        start: 'now',
        on: [reactsTo(userAccountEvents, { UserAccountDeleted: ({ data }) => [task('bye', { userId: data.userId })] })],
        do: {
          bye: async ({ userId }: { userId: string }) => {
            ids.push(userId)
          },
        },
      }),
    ])
    await registered('farewell')
    await shop.query(
      `insert into events (stream, revision, id, type, v, bump, at, command, data)
        values ($1, 0, $2, 'UnheardOf', 99, false, now(), $2, 'not even JSON')`,
      [`chat-${newId()}`, newId()],
    )
    await done(shop.dispatch('DeleteAccount', { userId: user }, user))
    await until(() => ids.length === 1)
    expect(ids).toEqual([user])
  })
})

test('the tasks of an event are the same ones each time: their ids are the keys of commands', async () => {
  const owner = await newUser(shop.dispatch)
  const chatId = await newGroup(shop.dispatch, owner)
  const [created] = (await shop.store.readStream(`chat-${chatId}`, -1, 1)).events
  if (!created) throw new Error('no event')
  const of = onCreated('namer', async () => undefined)
  expect(tasksOf(of, created)).toMatchObject([{ kind: 'greet', input: { chatId } }])
  expect(tasksOf(of, created)).toEqual(tasksOf(of, created))
  expect(tasksOf({ ...of, name: 'other' }, created)).not.toEqual(tasksOf(of, created))
})

test('a chore is run again and again, at once when there is more, and a failure does not end it', async () => {
  const runs: string[] = []
  shop.react(
    [],
    [
      chore({
        name: 'sweep',
        everyMs: 10,
        run: async () => {
          runs.push('run')
          if (runs.length === 2) throw new Error('once')
          return runs.length === 3
        },
      }),
    ],
  )
  await until(() => runs.length >= 5)
})
