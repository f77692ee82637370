import type { Context } from './context.ts'
import { talk } from './history.ts'
import { openHouse } from './house.ts'
import type { Load, Loaded } from './http.ts'
import { listed, listing, opened, opening, sending, sent } from './operations.ts'
import { forAll, makeChat, makeUsers, signIn } from './people.ts'
import { startOurs } from './server.ts'

const [users, chats, inChat] = [100, 100, 20]
const peopleOf = (chat: number) => Array.from({ length: inChat }, (_, i) => (chat + i * 5) % users)

/** A house in use: of ten requests six send, three open a chat and one lists them. */
export async function mixed(context: Context) {
  const url = await context.database()
  const house = await openHouse(url)
  await makeUsers(house, users)
  await forAll(chats, i => makeChat(house, i, peopleOf(i)))
  await talk(house, { from: 0, count: chats, people: peopleOf }, 50)
  const tokens = await signIn(house, users)
  await house.close()

  const server = await startOurs(context, url, { ROLE: 'all' })
  const load = await context.program('programs/load.ts')
  const asksOf = (user: number) => {
    const token = tokens[user % users] ?? ''
    const mine = [...Array(chats).keys()].filter(chat => peopleOf(chat).includes(user % users))
    return mine.flatMap((chat, i) => {
      const kind = i % 10
      return [kind < 6 ? sending(chat, token) : kind < 9 ? opening(chat, token) : listing(20, token)]
    })
  }
  return {
    ...{ url, server },
    run: (clients: number, more: Pick<Load, 'seconds' | 'rate'>) => {
      const connections = Array.from({ length: clients }, (_, i) => asksOf(i))
      return load.ask<Loaded>('run', { port: server.port, connections, expect: [sent, opened, listed], ...more })
    },
  }
}
