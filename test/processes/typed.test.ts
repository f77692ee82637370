import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { overSocket } from '../../docs/clients/socket.ts'
import { eventually, type Loose, password, personOf, send } from '../client.ts'
import { type House, openHouse } from '../house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** Not known to the compiler here: what it imports is generated first, and lint compiles it then. */
const typed = '../../docs/clients/typed.ts'

test('a client typed by the tabs has its first session, and hears what is said after it', async () => {
  execFileSync(process.execPath, ['node_modules/@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.ts', '--silent'])
  const { firstSession, follow } = await import(typed)
  const url = `${house.url}/graphql`
  const who = { email: 'ann@example.com', password, displayName: 'Ann' }
  const { token, chatId, position, titles, said } = await firstSession(url, who)
  expect([titles, said]).toEqual([['Our first chat'], ['Ann: Hello!']])

  const heard: string[] = []
  const socket = overSocket(url.replace('http', 'ws'), { webSocketImpl: WebSocket })
  const link = { attempt: socket.attempt, token: async () => token }
  const stop = follow(link, { chatId, after: position }, (event: Loose) => heard.push(event.edge.node.body))
  await send(personOf(house.url, { ...who, id: '', accessToken: token, refreshToken: '' }), chatId, 'And again')
  await eventually(() => heard.length > 0)
  expect(heard).toEqual(['And again'])
  stop()
  await socket.close()
  await expect(firstSession(url, who)).rejects.toThrow('ALREADY_EXISTS')
})
