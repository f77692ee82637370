import { expect, test } from 'vitest'
import { connect, eventually, type Loose, openGroup, register } from '../client.ts'
import { wrongIn } from '../fixtures/load.ts'
import { asleep, fourProcesses } from '../fixtures/processes.ts'
import type { Server } from '../fixtures/server.ts'

// Two worker processes. One owns the inbox index and falls asleep: the other one takes over, and stays in charge.

const of = fourProcesses({ LOG_LEVEL: 'info' })

/** The fence of the last time that a worker took the index over, as it said; 0: never. */
const fenceOf = (worker: Server) =>
  Math.max(0, ...[...worker.said().matchAll(/"fence":(\d+).*"audience is ours"/g)].map(found => Number(found[1])))
/** Who took over last, and the other one. */
const inOrder = () => [...of.workers].sort((a, b) => fenceOf(b) - fenceOf(a)) as [Server, Server]

test('a worker that sleeps is replaced within 10 s, and cannot write when it wakes; inboxes go on', async () => {
  const [api] = of.apis
  const [ann, bob] = [await register(api.url, 'Ann'), await register(api.url, 'Bob')]
  const frames: Loose[] = []
  const client = connect(bob)
  client.subscribe(
    { query: 'subscription { inbox { position event { __typename ... on ChatCreated { chat { title } } } } }' },
    { next: f => frames.push(f), error: e => frames.push(e), complete: () => frames.push('complete') },
  )
  await eventually(() => frames.length > 0)
  const heard = (title: string) => frames.filter(f => f.data?.inbox.event?.chat?.title === title).length
  await openGroup(ann, [bob], 'before')
  await eventually(() => heard('before'))
  const [owner, other] = inOrder()
  const fence = fenceOf(owner)
  expect([fence > 0, fenceOf(other)]).toEqual([true, 0])
  const { wake } = asleep(owner)
  try {
    await openGroup(ann, [bob], 'while it sleeps')
    await eventually(() => fenceOf(other) > fence, 10_000, 'taking over')
    await eventually(() => heard('while it sleeps'))
  } finally {
    wake()
  }
  await eventually(() => /audience is not ours any more/.test(owner.said()), 10_000, 'learning that it was replaced')
  for (let n = 0; n < 5; n++) {
    await openGroup(ann, [bob], `after ${n}`)
    await eventually(() => heard(`after ${n}`))
  }
  expect(['before', 'while it sleeps', 'after 0', 'after 4'].map(heard)).toEqual([1, 1, 1, 1])
  expect(fenceOf(owner)).toBe(fence)
  await client.dispose()
  expect(await wrongIn(of.databaseUrl, [])).toEqual([])
})

test('a worker that is killed is replaced as well', async () => {
  const [api] = of.apis
  const ann = await register(api.url, 'Ann')
  const [owner, other] = inOrder()
  const fence = fenceOf(owner)
  await owner.end('SIGKILL')
  await openGroup(ann, [], 'goes on')
  await eventually(() => fenceOf(other) > fence, 10_000, 'taking over')
  expect(await wrongIn(of.databaseUrl, [])).toEqual([])
})
