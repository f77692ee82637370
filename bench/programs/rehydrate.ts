import { chat } from '../../src/domain/chat/chat.ts'
import { createStates } from '../../src/kernel/states.ts'
import type { EventStore } from '../../src/port/event-store.ts'
import { openHouse } from '../harness/house.ts'
import { chatAt } from '../harness/people.ts'
import { answer } from './answer.ts'

interface Asked {
  url: string
  clients: number
  chats: number
  seconds: number
}

answer({
  /** States folded a second. Each client goes through all chats with a cache of its own, and then with another. */
  async run({ url, clients, chats, seconds }: Asked) {
    const house = await openHouse(url)
    let [reads, folded] = [0, 0]
    const store: EventStore = {
      ...house.store,
      readState: (...args) => {
        reads++
        return house.store.readState(...args)
      },
      readStream: (...args) => {
        reads++
        return house.store.readStream(...args)
      },
    }
    const warn = (error: unknown) => console.error(error)
    const began = performance.now()
    const client = async () => {
      for (let states = createStates(store, warn); ; states = createStates(store, warn))
        for (let i = 0; i < chats; i++) {
          if (performance.now() - began > seconds * 1_000) return
          await states.load(chat, `chat-${chatAt(i)}`, false)
          folded++
        }
    }
    await Promise.all(Array.from({ length: clients }, client))
    const rate = folded / ((performance.now() - began) / 1_000)

    const kept = createStates(store, warn)
    await kept.load(chat, `chat-${chatAt(0)}`, false)
    const before = reads
    for (let i = 0; i < 100; i++) await kept.load(chat, `chat-${chatAt(0)}`, false)
    if (reads !== before) throw new Error('a cached state was read again')
    await house.close()
    return rate
  },
})
