import type { Context } from './context.ts'
import { openHouse } from './house.ts'
import { chatAt, forAll, makeChat, makeUsers } from './people.ts'

/** Chats to write to: from 0, each with its last structural event at revision `guard`. */
export interface Appending {
  url: string
  chats: number
  guard: number
}

/** A database with 200 chats of three people. */
export async function chatsToWriteTo(context: Context, kind?: 'slow'): Promise<Appending> {
  const [url, chats] = [await context.database(kind), 200]
  const house = await openHouse(url)
  try {
    await makeUsers(house, 3)
    await forAll(chats, i => makeChat(house, i, [0, 1, 2]))
    const head = (await house.store.heads([`chat-${chatAt(0)}`])).get(`chat-${chatAt(0)}`)
    return { url, chats, guard: head?.guard ?? -1 }
  } finally {
    await house.close()
  }
}

/** A process that appends with so many clients. */
export async function writing(context: Context, of: Appending) {
  const program = await context.program('programs/append.ts')
  const run = (clients: number, seconds: number) =>
    program.ask<{ rate: number; p99: number; cpu: number }>('run', { ...of, clients, seconds })
  await run(32, context.warmUp)
  return (clients: number) => run(clients, context.seconds)
}
