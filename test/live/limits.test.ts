import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, openGroup, type Person, register, send } from '../client.ts'
import { type House, openHouse } from '../house.ts'
import { openRaw } from './raw.ts'
import { chatEvents } from './subscribing.ts'

let house: House
let ann: Person
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
})
afterAll(() => house.close())

test('a socket carries 50 subscriptions and refuses one more, until one of them ends', async () => {
  const chat = await openGroup(ann, [])
  const raw = await openRaw(house.url, ann)
  for (let i = 1; i <= 50; i++) raw.subscribe(`${i}`, chatEvents, { id: chat.id })
  await eventually(() => raw.messages.filter(m => m.type === 'next').length === 50)
  raw.subscribe('51', chatEvents, { id: chat.id })
  const refusal = await eventually(() => raw.messages.find(m => m.id === '51'))
  expect(refusal).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] })

  await send(ann, chat.id, 'to all fifty')
  const got = () => Array.from({ length: 50 }, (_, i) => raw.frames(`${i + 1}`).filter(f => f.event).length)
  await eventually(() => got().every(n => n === 1))

  raw.send({ id: '7', type: 'complete' })
  raw.subscribe('52', chatEvents, { id: chat.id })
  await eventually(() => raw.frames('52').length === 1)
  await send(ann, chat.id, 'to fifty again')
  await eventually(() => raw.frames('52').some(f => f.event) && raw.frames('50').filter(f => f.event).length === 2)
  expect(raw.frames('7').filter(f => f.event)).toHaveLength(1)
  raw.socket.terminate()
})

test('a message of 64 KB is taken, a larger one closes its socket with 1009 and harms nobody else', async () => {
  const other = await openRaw(house.url, ann)
  const raw = await openRaw(house.url, ann)
  const message = (bytes: number) => {
    const empty = JSON.stringify({
      id: 'q',
      type: 'subscribe',
      payload: { query: '{ viewer { id } }', variables: { v: '' } },
    })
    return empty.replace('"v":""', `"v":"${'x'.repeat(bytes - empty.length)}"`)
  }
  raw.socket.send(message(64 * 1024))
  await eventually(() => raw.frames('q').length === 1)
  raw.socket.send(message(64 * 1024 + 1))
  expect((await eventually(raw.closed))?.code).toBe(1009)
  other.subscribe('q', '{ viewer { id } }')
  await eventually(() => other.frames('q').length === 1)
  other.socket.terminate()
})
