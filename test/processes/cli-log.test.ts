import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../client.ts'
import { runWellwon, startWellwon } from '../fixtures/wellwon.ts'
import { freshDatabase } from '../fresh.ts'
import { newGroup, newUser, openWorkshop, say, type Workshop } from '../workshop.ts'

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
let [owner, chatId] = ['', '']
beforeAll(async () => {
  fresh = await freshDatabase()
  shop = openWorkshop(fresh.url)
  owner = await newUser(shop.dispatch, 'somebody')
  chatId = await newGroup(shop.dispatch, owner)
  await say(shop.dispatch, chatId, owner, 'a secret')
})
afterAll(async () => {
  await shop.close()
  await fresh.drop()
})
const wellwon = (...args: string[]) => runWellwon(args, { DATABASE_URL: fresh.url })

test('the log is followed from now on, and left with the place to go on from', async () => {
  const tail = startWellwon(['events', 'tail'], { DATABASE_URL: fresh.url })
  await eventually(
    async () => {
      await say(shop.dispatch, chatId, owner, 'a later secret')
      return /MessageSent/.test(tail.said())
    },
    60_000,
    'the first line',
  )
  tail.child.kill('SIGINT')
  const { code, out, err } = await tail.ended
  expect([code, /UserAccountCreated|secret/.test(out)]).toEqual([0, false])
  const from = /^Go on with: wellwon events tail --from (\d+)\n$/.exec(err)?.[1] ?? ''
  expect(out.trim().split('\n').at(-1)).toMatch(
    new RegExp(`^${from} chat-${chatId}@\\d+ \\S+ MessageSent v\\d+ by ${owner} `),
  )

  const { messageId } = await say(shop.dispatch, chatId, owner, 'while nobody looked')
  const rest = await wellwon('events', 'tail', '--from', from, '--no-follow')
  expect(rest.out).toContain(messageId)
  expect(rest.out).not.toContain('UserAccountCreated')
}, 120_000)

test('from the beginning, of one category, with what is personal', async () => {
  const types = (out: string) => [...new Set(out.match(/(?<=Z )\w+/g))]
  const everything = await wellwon('events', 'tail', '--from', '0', '--no-follow')
  expect(types(everything.out)).toEqual(['UserAccountCreated', 'ChatCreated', 'ParticipantAdded', 'MessageSent'])
  expect(everything.out).not.toMatch(/secret|somebody@example/)
  const people = await wellwon(
    'events',
    'tail',
    '--from',
    '0',
    '--no-follow',
    '--personal',
    '--category',
    'userAccount',
  )
  expect(types(people.out)).toEqual(['UserAccountCreated'])
  expect(people.out).toContain('somebody@example.org')
}, 60_000)

test.each([
  [['events', 'tail', '--category', 'castle'], /^there is no category castle: one of .*chat/],
  [['events', 'tail', '--from', 'yesterday'], /^error: .*A position is a whole number/],
  [['events'], /Usage: wellwon events/],
  [['evnets'], /^error: unknown command 'evnets'$/],
  [['tasks', 'retry', 'x'], /^no task x has failed: see tasks list$/],
  [['tasks', 'drop'], /^error: missing required argument 'id'$/],
  [['dead-letters', 'retry', 'nobody', 'chat-1'], /^nobody is not halted at chat-1/],
])('%j is refused', async (args, line) => {
  const { code, err } = await wellwon(...args)
  expect([code, err.trim()]).toEqual([1, expect.stringMatching(line)])
})

test('failed tasks are listed, tried again and taken away', async () => {
  const ids = ['0196f3c4-6a0e-7cc3-98a5-4b8f0a6b1d11', '0196f3c4-6a0e-7cc3-98a5-4b8f0a6b1d12']
  for (const id of ids)
    await shop.query(
      `insert into tasks (id, reactor, kind, input, position, at, due_at, attempts, error, failed_at)
        values ($1, 'companyChats', 'leaveChats', '{"secret":"a name"}', 1, now(), now(), 20, 'it did not work', now())`,
      [id],
    )
  const listed = await wellwon('tasks', 'list')
  expect(listed.out).toMatch(
    new RegExp(`^${ids[0]} companyChats leaveChats: it did not work\\n  from .*, tried 20 times, given up `),
  )
  expect(listed.out).not.toContain('a name')
  expect(await wellwon('tasks', 'retry', ids[0] ?? '')).toMatchObject({ code: 0, out: `${ids[0]} is tried again.\n` })
  expect(await wellwon('tasks', 'drop', ids[1] ?? '')).toMatchObject({ code: 0, out: `${ids[1]} is taken away.\n` })
  expect(await shop.query('select id, failed_at from tasks')).toEqual([{ id: ids[0], failed_at: null }])
  expect((await wellwon('tasks', 'list')).out).toContain('1 waits')
  expect((await wellwon('--help')).out).toMatch(/doctor[\s\S]*migrate[\s\S]*events[\s\S]*seed/)
}, 60_000)
