import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { functionsFor } from '../../src/adapter/postgres/functions.ts'
import { createWriter, type Writer } from '../../src/adapter/postgres/writer.ts'
import { projectionTables } from '../../src/compose/store.ts'
import { newId } from '../../src/kernel/id.ts'
import { Rejection } from '../../src/kernel/reject.ts'
import { freshDatabase } from '../fresh.ts'
import { done, newGroup, newUser, openWorkshop, type Workshop } from '../workshop.ts'
import { dispatchWith, losing, outcomes, typesOf } from './dispatching.ts'

// One command, asked for again: by us when an answer was lost, by clients with their key.

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
let owner: string
let member: string
let chatId: string

beforeAll(async () => {
  fresh = await freshDatabase()
  shop = openWorkshop(fresh.url)
  owner = await newUser(shop.dispatch)
  member = await newUser(shop.dispatch)
})
afterAll(async () => {
  await shop.close()
  await fresh.drop()
})

const room = async () => {
  chatId = await newGroup(shop.dispatch, owner, [member])
}
const message = (text = 'hello') => ({ chatId, messageId: newId(), text, replyToId: null })
const sent = async () => (await typesOf(shop, `chat-${chatId}`)).filter(type => type === 'MessageSent').length

describe('a lost answer', () => {
  test.each(['before', 'after'] as const)('lost %s it was written: written once in the end', async when => {
    await room()
    const dispatch = dispatchWith(shop, losing(shop, 1, when))
    const commit = await done(dispatch({ type: 'SendMessage', input: message(), actor: owner }))
    expect([commit.again, commit.first, await sent()]).toEqual([when === 'after', 3, 1])
  })

  test('three in a row, without a key of the caller’s: still once', async () => {
    await room()
    const dispatch = dispatchWith(shop, losing(shop, 3, 'after'))
    await done(dispatch({ type: 'SendMessage', input: message(), actor: owner }))
    expect(await sent()).toBe(1)
  })

  test('of somebody who was removed meanwhile: it was written, so it is not refused', async () => {
    await room()
    const { append } = losing(shop, 1, 'after')
    const dispatch = dispatchWith(shop, {
      append: async command => {
        try {
          return await (append as typeof shop.store.append)(command)
        } catch (error) {
          await done(shop.dispatch('RemoveParticipant', { chatId, userId: member }, owner))
          throw error
        }
      },
    })
    const commit = await done(dispatch({ type: 'SendMessage', input: message(), actor: member }))
    expect([commit.again, await sent()]).toEqual([true, 1])
    expect(outcomes([await dispatch({ type: 'SendMessage', input: message(), actor: member })])).toEqual(['NOT_FOUND'])
  })

  test('a refusal that a lost attempt of its own brought about is none', async () => {
    // The account is there because the first attempt made it: seen from the second, it exists already.
    const userId = newId()
    const input = { userId, email: `${userId}@example.org`, handle: userId.slice(-12), displayName: 'Ann' }
    const store = losing(shop, 1, 'after')
    const receipts: unknown[] = []
    const dispatch = dispatchWith(shop, {
      ...store,
      // The receipt is looked for before the decision and after it; the first look comes too early.
      receipt: async (scope, command) =>
        receipts.push(command) > 1 ? shop.store.receipt(scope, command) : Promise.resolve(null),
    })
    const commit = await done(dispatch({ type: 'CreateUserAccount', input, actor: userId }))
    expect([commit.again, commit.first, receipts.length]).toEqual([true, 0, 2])
  })
})

describe('a key', () => {
  const ask = (key: string, input: object, actor = owner, type = 'SendMessage') =>
    dispatchWith(shop)({ type, input, actor, key, fingerprint: { ...input, messageId: null } })

  test('50 at once, over several programs, within the same batch and not: one event, one receipt', async () => {
    await room()
    const key = newId()
    const many = Array.from({ length: 50 }, () => message())
    const dispatch = dispatchWith(shop)
    const all = await Promise.all(
      many.map((input, i) =>
        i % 2
          ? ask(key, input)
          : dispatch({ type: 'SendMessage', input, actor: owner, key, fingerprint: { ...input, messageId: null } }),
      ),
    )
    const commits = all.map(commit => (commit instanceof Rejection ? commit.code : commit.position))
    expect([new Set(commits).size, await sent()]).toEqual([1, 1])
    expect(all.filter(commit => !(commit instanceof Rejection) && !commit.again).length).toBe(1)
  })

  test('twice inside one batch: the second waits for the first one’s receipt, and the database refuses nothing', async () => {
    const warnings: string[] = []
    const writer = createWriter(fresh.url, functionsFor(projectionTables).append, (_, why) => void warnings.push(why))
    let go: (() => void) | null = null
    const append: Writer['append'] = async command => {
      if (go) go()
      else await new Promise<void>(resolve => (go = resolve)) // both go to the writer in the same turn
      return writer.append(command)
    }
    const dispatch = dispatchWith(shop, { append, receipt: () => Promise.resolve(null) })
    await room()
    const key = newId()
    const twice = [message(), message()].map(input =>
      dispatch({ type: 'SendMessage', input, actor: owner, key, fingerprint: 'the same' }),
    )
    const commits = await Promise.all(twice.map(done))
    await writer.close()
    expect([commits.map(c => c.again).sort(), await sent(), warnings]).toEqual([[false, true], 1, []])
  })

  test('with other input, or for another command, is refused', async () => {
    await room()
    const key = newId()
    await done(ask(key, message()))
    expect(outcomes([await ask(key, message('other'))])).toEqual(['IDEMPOTENCY_KEY_REUSED'])
    expect(outcomes([await ask(key, { chatId }, owner, 'ArchiveChat')])).toEqual(['IDEMPOTENCY_KEY_REUSED'])
    expect(await typesOf(shop, `chat-${chatId}`)).toHaveLength(4)
  })

  test('is its owner’s: somebody else’s same key is another key', async () => {
    await room()
    const key = newId()
    expect(outcomes([await ask(key, message()), await ask(key, message('mine'), member)])).toEqual(['done', 'done'])
    expect(await sent()).toBe(2)
  })

  test('of a refused command is free; of one that changed nothing it is used', async () => {
    await room()
    const key = newId()
    const receipts = () => shop.query('select command from receipts where command = $1', [key])
    expect(outcomes([await ask(key, message(), await newUser(shop.dispatch))])).toEqual(['NOT_FOUND'])
    expect(await receipts()).toEqual([])
    const commit = await done(ask(key, { chatId }, owner, 'RestoreChat'))
    expect([commit.first, (await receipts()).length]).toEqual([null, 1])
    await done(shop.dispatch('ArchiveChat', { chatId }, owner))
    await done(ask(key, { chatId }, owner, 'RestoreChat'))
    expect((await typesOf(shop, `chat-${chatId}`)).at(-1)).toBe('ChatArchived')
  })

  test('leaves nothing of the input in its receipt', async () => {
    await room()
    const key = newId()
    await done(ask(key, message('between you and me')))
    const [receipt] = await shop.query<{ hash: Buffer }>('select hash from receipts where command = $1', [key])
    expect(receipt?.hash.length).toBe(32)
  })
})
