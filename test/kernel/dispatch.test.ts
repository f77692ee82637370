import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../src/kernel/id.ts'
import { Rejection } from '../../src/kernel/reject.ts'
import { freshDatabase } from '../fresh.ts'
import { done, newGroup, newUser, openWorkshop, say, type Workshop } from '../workshop.ts'
import { outcomes, typesOf } from './dispatching.ts'

// Two programs on one database: what one of them remembers, the other may have changed.

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let here: Workshop
let there: Workshop
let owner: string
let member: string
let chatId: string

beforeAll(async () => {
  fresh = await freshDatabase()
  here = openWorkshop(fresh.url)
  there = openWorkshop(fresh.url)
})
afterAll(async () => {
  await Promise.all([here.close(), there.close()])
  await fresh.drop()
})

/** A group that both programs have in their memory. */
async function knownToBoth(): Promise<void> {
  owner = await newUser(here.dispatch)
  member = await newUser(here.dispatch)
  chatId = await newGroup(here.dispatch, owner, [member])
  await say(here.dispatch, chatId, member, 'seen here')
  await say(there.dispatch, chatId, member, 'seen there')
}
const text = (actor: string, at = here) =>
  at.dispatch('SendMessage', { chatId, messageId: newId(), text: 'hello', replyToId: null }, actor)

describe('a stale memory', () => {
  test('lets nobody write who was removed elsewhere', async () => {
    await knownToBoth()
    await done(there.dispatch('RemoveParticipant', { chatId, userId: member }, owner))
    expect(outcomes([await text(member)])).toEqual(['NOT_FOUND'])
    expect((await typesOf(here, `chat-${chatId}`)).at(-1)).toBe('ParticipantRemoved')
  })
  test('of what the log has lost is given up: a failover may bring back an older end', async () => {
    await knownToBoth()
    const stream = `chat-${chatId}`
    const [before] = await here.query<{ revision: string; guard: string; projected: string }>(
      'select revision, guard, projected from streams where id = $1',
      [stream],
    )
    await done(here.dispatch('ChangeParticipantRole', { chatId, userId: member, role: 'READER' }, owner))
    await here.query('delete from events where stream = $1 and revision > $2', [stream, before?.revision])
    await here.query('update streams set (revision, guard, projected) = ($2, $3, $4) where id = $1', [
      stream,
      ...Object.values(before ?? {}),
    ])
    expect(outcomes([await text(member)])).toEqual(['done'])
  })
  test('refuses nobody who was let in elsewhere: a refusal is decided once more on what is there', async () => {
    await knownToBoth()
    const late = await newUser(here.dispatch)
    expect(outcomes([await text(late)])).toEqual(['NOT_FOUND'])
    await done(there.dispatch('AddParticipants', { chatId, participantIds: [late], role: 'MEMBER' }, owner))
    expect(outcomes([await text(late)])).toEqual(['done'])
  })
  test('takes nothing for done that was undone elsewhere', async () => {
    await knownToBoth()
    await done(here.dispatch('ArchiveChat', { chatId }, owner))
    await done(there.dispatch('RestoreChat', { chatId }, owner))
    expect(await here.dispatch('ArchiveChat', { chatId }, owner)).toMatchObject({ first: expect.any(Number) })
    expect((await typesOf(here, `chat-${chatId}`)).slice(-3)).toEqual(['ChatArchived', 'ChatRestored', 'ChatArchived'])
  })
  test('tells the version that it really has now', async () => {
    await knownToBoth()
    const rename = (at: Workshop, title: string, expectedVersion?: number) =>
      at.dispatch('UpdateChat', { chatId, title, expectedVersion }, owner)
    const { last } = await done(rename(there, 'There'))
    const refused = await rename(here, 'Here', 0)
    expect(refused).toMatchObject({ code: 'VERSION_CONFLICT', detail: { currentVersion: last } })
  })
})

describe('races', () => {
  test('200 commands that mind nobody else: all win, none twice', async () => {
    await knownToBoth()
    const people = await Promise.all(Array.from({ length: 200 }, () => newUser(here.dispatch)))
    const add = (userId: string, i: number) =>
      (i % 2 ? here : there).dispatch('AddParticipants', { chatId, participantIds: [userId], role: 'MEMBER' }, owner)
    expect(outcomes(await Promise.all(people.map(add)))).toEqual(people.map(() => 'done'))
    const added = (await typesOf(here, `chat-${chatId}`)).filter(type => type === 'ParticipantAdded')
    expect(added.length).toBe(200 + 2)
  })
  test('200 with the same expected version: one wins, the others are told the version', async () => {
    await knownToBoth()
    const rename = (i: number) =>
      (i % 2 ? here : there).dispatch('UpdateChat', { chatId, title: `title ${i}`, expectedVersion: 0 }, owner)
    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => rename(i)))
    const winner = results.find(result => !(result instanceof Rejection))
    expect(outcomes(results).filter(code => code !== 'VERSION_CONFLICT')).toEqual(['done'])
    for (const lost of results)
      if (lost instanceof Rejection) expect(lost.detail.currentVersion).toBe(winner && 'last' in winner && winner.last)
  })
  test('50 edits of one message with the same expected version, while others talk: one wins', async () => {
    await knownToBoth()
    const { messageId, last } = await say(here.dispatch, chatId, member, 'first')
    const edit = (i: number) =>
      (i % 2 ? here : there).dispatch(
        'EditMessage',
        { chatId, messageId, text: `edit ${i}`, expectedVersion: last },
        member,
      )
    const talk = Array.from({ length: 50 }, () => text(owner))
    const results = await Promise.all(Array.from({ length: 50 }, (_, i) => edit(i)))
    expect(outcomes(results).filter(code => code !== 'VERSION_CONFLICT')).toEqual(['done'])
    expect((await typesOf(here, `chat-${chatId}`)).filter(type => type === 'MessageEdited').length).toBe(1)
    expect(outcomes(await Promise.all(talk))).toEqual(talk.map(() => 'done'))
  })
  test('30 people want one e-mail: one has it, the others are told which field', async () => {
    const email = `${newId()}@example.org`
    const create = (i: number) => {
      const userId = newId()
      const input = { userId, email, handle: `h${userId.slice(-12)}`, displayName: 'Ann' }
      return (i % 2 ? here : there).dispatch('CreateUserAccount', input, userId)
    }
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => create(i)))
    expect(outcomes(results).filter(code => code !== 'ALREADY_EXISTS')).toEqual(['done'])
    const refused = results.find(result => result instanceof Rejection)
    expect(refused).toMatchObject({ detail: { issues: [{ path: ['email'] }] } })
  })
})

test('what is not valid is refused with its place in the input; a command that nobody has is a fault of ours', async () => {
  await knownToBoth()
  const refused = await here.dispatch('SendMessage', { chatId, messageId: 'x', text: '', replyToId: null }, owner)
  expect(refused).toMatchObject({
    code: 'INVALID_INPUT',
    detail: { issues: [{ path: ['messageId'] }, { path: ['text'], code: 'INVALID_INPUT' }] },
  })
  await expect(here.dispatch('PaintChat', { chatId }, owner)).rejects.toThrow('no domain has a command PaintChat')
})
