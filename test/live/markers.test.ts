import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGroup, type Person, participantId, register, send } from '../client.ts'
import { type House, openHouse } from '../house.ts'
import { done } from './acts.ts'
import { chatEvents, follow, heard } from './subscribing.ts'

let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
})
afterAll(() => house.close())

test('others hear how far somebody has read: the latest, live and on coming back', async () => {
  const chat = await openGroup(ann, [bob])
  const bobs = await participantId(ann, chat.id, bob)
  const subscriber = follow(ann, chatEvents, { id: chat.id, after: chat.position })
  const said: { id: string; sequence: number }[] = []
  for (let i = 0; i < 20; i++) said.push(await send(ann, chat.id, `${i}`))
  const read = (i: number) => done(bob, 'markMessagesAsRead', { chatId: chat.id, upToMessageId: said[i]?.id })
  const marked = (i: number) => (e: { __typename: string; participant?: object }) =>
    e.__typename === 'MessagesMarkedAsRead' &&
    JSON.stringify(e.participant) === JSON.stringify({ id: bobs, lastReadSequence: said[i]?.sequence })
  await read(3)
  await heard(subscriber, marked(3))
  subscriber.stop()

  for (let i = 4; i < 15; i++) await read(i)
  const back = follow(ann, chatEvents, { id: chat.id, after: subscriber.frames.at(-1).position })
  await heard(back, marked(14))
  await read(19)
  await heard(back, marked(19))
  await send(ann, chat.id, 'and then')
  await heard(back, e => e.edge?.node.body === 'and then')
  await done(ann, 'markMessagesAsRead', { chatId: chat.id, upToMessageId: said[19]?.id })
  await heard(back, e => e.__typename === 'MessagesMarkedAsRead' && e.participant.id !== bobs)
  // A marker that stands still is told once.
  const told = back.events().filter(e => e.participant?.id === bobs)
  expect(told.map(e => e.participant.lastReadSequence)).toEqual([said[14]?.sequence, said[19]?.sequence])
  back.stop()
})
