import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, openGroup, type Person, register } from './client.ts'
import { type House, openHouse } from './house.ts'
import { done } from './live/acts.ts'
import { mailsTo, mailTo, tokenIn } from './mails.ts'

// What is said in chats and not read is mailed: one mail for all of it, and no message twice.

let house: House
beforeAll(async () => {
  house = await openHouse({ MAIL_DELAY_SECONDS: '0' })
})
afterAll(() => house.close())

const confirm = async (person: Person) =>
  done(person, 'verifyEmail', { token: tokenIn(await mailTo(house.url, person.email, 'Confirm')) })
const say = async (who: Person, chatId: string, text: string, mentionedUserIds: string[] = []): Promise<string> =>
  (await done(who, 'sendMessage', { chatId, content: { text }, mentionedUserIds }, 'edge { node { id } }')).edge.node.id
const digests = async (of: Person) =>
  (await mailsTo(house.url, of.email)).filter(mail => !mail.subject.includes('Confirm'))
const digest = (of: Person, count = 1) =>
  eventually(async () => {
    const mails = await digests(of)
    return mails.length >= count ? mails : null
  }, 20_000)

test('one mail for what is said in all chats; nothing of what is read, muted, deleted, archived, left or one’s own', async () => {
  const [ann, bob, cat, dan] = [
    await register(house.url, 'Ann'),
    await register(house.url, 'Bob'),
    await register(house.url, 'Cat'),
    await register(house.url, 'Dan'),
  ]
  await confirm(cat)
  await done(cat, 'updateNotificationPreferences', { preferences: [{ category: 'MESSAGE', channels: [] }] })
  const all = [bob, cat, dan]
  const [one, two, muted, left, read, archived] = [
    await openGroup(ann, all),
    await openGroup(ann, all),
    await openGroup(ann, all),
    await openGroup(ann, all),
    await openGroup(ann, all),
    await openGroup(ann, all),
  ]
  await done(bob, 'muteChat', { chatId: muted.id })
  const texts = ['a muted text', 'a left text', 'an archived text', 'a read text', 'a deleted text']
  await say(ann, muted.id, 'a muted text')
  await say(ann, left.id, 'a left text')
  await done(bob, 'leaveChat', { chatId: left.id })
  await say(ann, archived.id, 'an archived text')
  await done(ann, 'archiveChat', { chatId: archived.id })
  const upToMessageId = await say(ann, read.id, 'a read text')
  await done(bob, 'markMessagesAsRead', { chatId: read.id, upToMessageId })
  await done(ann, 'deleteMessage', { messageId: await say(ann, one.id, 'a deleted text') })
  await say(bob, one.id, 'an own text')
  for (const n of [1, 2, 3, 4]) await say(ann, one.id, `news ${n}`)
  await say(ann, two.id, 'other news')
  // Before that nothing is mailed, however long all of this took.
  await confirm(bob)

  const told = (await digest(bob))?.map(mail => mail.text).join('\n') ?? ''
  for (const text of [...texts, 'an own text']) expect(told).not.toContain(text)
  expect(told).toContain('Ann: news 4')
  expect(told).toContain('Ann: other news')
  expect(await digests(bob)).toHaveLength(1)
  expect([await digests(cat), await digests(dan), await digests(ann)]).toEqual([[], [], []])
}, 60_000)

test('what was mailed as a mention is not mailed again', async () => {
  const [ann, bob] = [await register(house.url, 'Ann'), await register(house.url, 'Bob')]
  const { id } = await openGroup(ann, [bob])
  await confirm(bob)
  await say(ann, id, 'you there?', [bob.id])
  await say(ann, id, 'by the way')
  const both = () =>
    eventually(async () => {
      const text = (await digests(bob)).map(mail => mail.text).join('\n')
      return text.includes('you there?') && (text.includes('by the way') || null) ? text : null
    }, 40_000)
  expect((await both())?.match(/you there\?/g)).toHaveLength(1)
}, 60_000)

test('who reads a chat has read that they were mentioned there, up to where they read', async () => {
  const [ann, bob] = [await register(house.url, 'Ann'), await register(house.url, 'Bob')]
  const { id } = await openGroup(ann, [bob])
  const upToMessageId = await say(ann, id, 'one', [bob.id])
  await say(ann, id, 'two', [bob.id])
  const unread = (n: number) =>
    eventually(
      async () =>
        (await bob.ask('{ viewer { unreadNotificationCount } }')).viewer.unreadNotificationCount === n || null,
    )
  await unread(2)
  await done(bob, 'markMessagesAsRead', { chatId: id, upToMessageId })
  await unread(1)
})
