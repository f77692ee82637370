import { afterAll, beforeAll, expect, test } from 'vitest'
import { headlines, searchMessages } from '../src/domain/chat/queries/index.ts'
import { newId } from '../src/kernel/id.ts'
import { freshDatabase } from './fresh.ts'
import { done, newGroup, newUser, openWorkshop, say, type Workshop } from './workshop.ts'

// What the API does not let through anyway, and what its ids would hide: looked at in the search itself.

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
beforeAll(async () => {
  fresh = await freshDatabase()
  shop = openWorkshop(fresh.url)
})
afterAll(async () => {
  await shop.close()
  await fresh.drop()
})

async function found(userId: string, query: string, companyId: string | null = null): Promise<string[]> {
  const none = { chatId: null, companyId, authorId: null, sentAfter: null, sentBefore: null, has: [], after: null }
  const all = await searchMessages(shop.database.db, { ...none, userId, query, asOf: new Date(), limit: 100 })
  expect(all.total).toBe(all.found.length)
  return all.found.map(one => one.id)
}

test('nothing of a deleted chat, though all who were in it still are', async () => {
  const owner = await newUser(shop.dispatch)
  const chatId = await newGroup(shop.dispatch, owner)
  const { messageId } = await say(shop.dispatch, chatId, owner, 'груз')
  expect(await found(owner, 'груз')).toEqual([messageId])
  await done(shop.dispatch('DeleteChat', { chatId }, owner))
  expect(await shop.query('select from participants where chat_id = $1 and left_at is null', [chatId])).toHaveLength(1)
  expect(await found(owner, 'груз')).toEqual([])
})

test('of a company: only what was said in its chats', async () => {
  const owner = await newUser(shop.dispatch)
  const [chatId, other] = [await newGroup(shop.dispatch, owner), await newGroup(shop.dispatch, owner)]
  const [companyId, another] = [newId(), newId()]
  const { messageId } = await say(shop.dispatch, chatId, owner, 'груз')
  await say(shop.dispatch, other, owner, 'груз')
  await shop.query('update chats set company_id = $2 where id = $1', [chatId, companyId])
  expect(await found(owner, 'груз')).toHaveLength(2)
  expect(await found(owner, 'груз', companyId)).toEqual([messageId])
  expect(await found(owner, 'груз', another)).toEqual([])
})

test('of two that fit alike the newer one comes first, whatever their ids', async () => {
  const owner = await newUser(shop.dispatch)
  const chatId = await newGroup(shop.dispatch, owner)
  const [lower, higher] = [newId(), newId()].sort() as [string, string]
  for (const messageId of [higher, lower])
    await done(shop.dispatch('SendMessage', { chatId, messageId, text: 'груз пришёл', replyToId: null }, owner))
  await shop.query("update messages set created_at = now() - interval '30 days' where id = $1", [higher])
  expect(await found(owner, 'груз')).toEqual([lower, higher])
})

test('an edit that lost the race against the deletion leaves nothing to find', async () => {
  const owner = await newUser(shop.dispatch)
  const chatId = await newGroup(shop.dispatch, owner)
  const { messageId } = await say(shop.dispatch, chatId, owner, 'первый груз')
  await done(shop.dispatch('DeleteMessage', { chatId, messageId }, owner))
  const body = 'поздний груз'
  // As the projection writes it: it patches what is said, and knows nothing of the deletion.
  await shop.query('update messages set body = $2, edited_at = now() where id = $1', [messageId, body])
  expect(await shop.query('select search from messages where id = $1', [messageId])).toEqual([{ search: null }])
  expect(await found(owner, 'груз')).toEqual([])
  expect(await headlines(shop.database.db, { query: 'груз', ids: [messageId] })).toEqual([null])
})
