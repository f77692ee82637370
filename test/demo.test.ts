import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Loose, register } from './client.ts'
import { type House, openHouse } from './house.ts'

let house: House
const running: ChildProcess[] = []
beforeAll(async () => {
  house = await openHouse()
})
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await house.close()
})

/** Starts `npm run demo`. */
function demo(speed: number, args: string[] = [], url = house.url) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/demo.ts', ...args], {
    env: { ...process.env, URL: url, DEMO_SPEED: String(speed) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', chunk => (said.out += chunk))
  child.stderr.on('data', chunk => (said.err += chunk))
  const code = new Promise<number | null>(resolve => child.once('close', resolve))
  return { child, said, code }
}

test('Ann and Bob talk, and the person who was named is with them', async () => {
  const carla = await register(house.url, 'Carla')
  const { viewer } = await carla.ask('{ viewer { user { handle } } }')
  const { said, code } = demo(1_000, [viewer.user.handle])
  expect(await code, said.err).toBe(0)

  const seen =
    await carla.ask(`{ viewer { unreadCount chats(first: 1) { edges { node { id title participantCount messages(last: 100) {
    edges { node { body editedAt deletedAt systemNote { kind } replyTo { id } } } }
    participants { edges { node { lastReadSequence } } } } } } } }`)
  const [{ node: chat }] = seen.viewer.chats.edges
  const all: Loose[] = chat.messages.edges.map((edge: Loose) => edge.node)
  const messages = all.filter(m => !m.systemNote)
  expect(all.map(m => m.systemNote?.kind).filter(Boolean)).toEqual(['CHAT_CREATED'])
  expect(chat.participantCount).toBe(3)
  expect(said.out).toContain(chat.id)
  expect(messages.length).toBeGreaterThan(10)
  expect(messages.filter(m => m.deletedAt)).toHaveLength(1)
  expect(messages.filter(m => m.editedAt).length).toBeGreaterThan(0)
  expect(messages.filter(m => m.replyTo).length).toBeGreaterThan(0)
  expect(chat.participants.edges.filter((edge: Loose) => edge.node.lastReadSequence > 4).length).toBe(2)
  expect(seen.viewer.unreadCount).toBe(messages.length - 1)
})

test('without a name it brings a guest, whose password is printed; Ctrl-C ends it with a word', async () => {
  const { child, said, code } = demo(20)
  await eventually(() => said.out.includes('Ann: '))
  child.kill('SIGINT')
  expect(await code, said.err).toBe(0)
  expect(said.out).toContain('Ann and Bob have to go.')
  const variables: Loose = JSON.parse(/LogIn +with (.*)/.exec(said.out)?.[1] ?? '{}')
  const answer = await fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }',
      variables,
    }),
  })
  expect(await answer.json()).toMatchObject({ data: { login: { __typename: 'LoginPayload' } } })
})

test.each([
  ['no server', 'http://127.0.0.1:1', [], 'No WellWon answers at http://127.0.0.1:1: '],
  ['nobody of that name', null, ['nobody_here'], 'has the handle nobody_here'],
])('%s is one line', async (_, url, args, line) => {
  const { said, code } = demo(1_000, args, url ?? house.url)
  expect(await code).toBe(1)
  expect(said.err).toContain(line)
  expect(said.err.trim().split('\n')).toHaveLength(1)
})
