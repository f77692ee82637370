import { readFile } from 'node:fs/promises'
import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import {
  createLink,
  type End,
  type Frame,
  type LinkOptions,
  type Operation,
  type Sink,
} from '../../docs/clients/resuming-link.ts'
import { eventually } from '../client.ts'

// The documented link against servers that misbehave. All other tests of this folder run it against the real one.

interface Call {
  after: unknown
  token: string
  sink: Sink
  left: boolean
}

function linked(options: Partial<LinkOptions> = {}, onFrame: (frame: Frame) => void = () => undefined) {
  const calls: Call[] = []
  const ends: End[] = []
  const errors: unknown[] = []
  const attempt = ({ variables }: Operation, token: string, sink: Sink) => {
    const call: Call = { after: variables?.after, token, sink, left: false }
    calls.push(call)
    return () => {
      call.left = true
    }
  }
  const link = createLink({ attempt, token: async fresh => (fresh ? 'fresh' : 'old'), waitMs: () => 0, ...options })
  const handlers = {
    onFrame,
    onEnd: (end: End) => void ends.push(end),
    onError: (error: unknown) => void errors.push(error),
  }
  const stop = link.subscribe({ query: '', variables: { id: 'x', after: 'start' } }, handlers)
  const call = async (n: number): Promise<Call> => {
    await eventually(() => calls.length > n, 5_000, `call ${n}`)
    return calls[n] as Call
  }
  return { calls, ends, errors, call, stop, link, handlers }
}
const frame = (position: string, event: unknown = null) => ({ data: { feed: { position, live: true, event } } })
const problem = (code?: string) => ({ message: 'no', ...(code ? { extensions: { code } } : {}) })

test('it goes on after the last frame that was taken, for ever', async () => {
  const { call, calls, stop } = linked()
  const first = await call(0)
  expect(first.after).toBe('start')
  first.sink.next(frame('one'))
  first.sink.next(frame('two'))
  first.sink.over({ code: 1006 })
  for (let i = 1; i < 30; i++) {
    const next = await call(i)
    expect(next.after).toBe('two')
    next.sink.over([{ code: 1001 }, { code: 1013 }, { code: 0 }, {}, { errors: [problem('INTERNAL')] }][i % 5] ?? {})
  }
  stop()
  expect(calls.at(-1)?.left).toBe(true)
})

test('it never goes past a frame with errors, or past one that was not taken', async () => {
  const taken: string[] = []
  const { call, errors, stop } = linked({}, ({ position }) => {
    if (position === 'bad' && !errors.length) throw new Error('not taken')
    taken.push(position)
  })
  const first = await call(0)
  first.sink.next(frame('one'))
  first.sink.next({ ...frame('two'), errors: [problem('INTERNAL')] })
  expect(first.left).toBe(true)
  first.sink.next(frame('three'))
  const second = await call(1)
  expect(second.after).toBe('one')
  second.sink.next(frame('bad'))
  second.sink.next(frame('three'))
  const third = await call(2)
  expect([third.after, errors]).toEqual(['one', [new Error('not taken')]])
  third.sink.next(frame('bad'))
  third.sink.over({})
  expect((await call(3)).after).toBe('bad')
  expect(taken).toEqual(['one', 'bad'])
  stop()
})

test('an expired token is renewed once for all feeds; a session that has ended ends them', async () => {
  let renewals = 0
  const token = async (fresh: boolean) => {
    if (!fresh) return 'old'
    await new Promise(resolve => setTimeout(resolve, 5))
    return ++renewals < 2 ? 'fresh' : null
  }
  const { call, calls, ends, link, handlers } = linked({ token })
  link.subscribe({ query: '' }, handlers)
  await call(1)
  for (const { sink } of calls.slice(0, 2)) sink.over({ code: 4403 })
  await call(3)
  expect(calls.slice(2).map(c => c.token)).toEqual(['fresh', 'fresh'])
  expect(renewals).toBe(1)
  calls[2]?.sink.over({ code: 4401 })
  calls[3]?.sink.over({ errors: [problem('UNAUTHENTICATED')] })
  await eventually(() => ends.length === 2)
  expect(ends).toEqual([{ why: 'signed out' }, { why: 'signed out' }])
})

test('it stops at resets, closed feeds and refusals', async () => {
  const ways: [(sink: Sink) => void, End][] = [
    [
      s => s.next(frame('p', { __typename: 'StreamReset', reason: 'POSITION_UNKNOWN' })),
      { why: 'reset', reason: 'POSITION_UNKNOWN' },
    ],
    [s => s.next(frame('p', { __typename: 'StreamClosed', reason: 'DELETED' })), { why: 'closed', reason: 'DELETED' }],
    [s => s.over({ errors: [problem('NOT_FOUND')] }), { why: 'refused', errors: [problem('NOT_FOUND')] }],
    [s => s.over({ errors: [problem()] }), { why: 'refused', errors: [problem()] }],
  ]
  for (const [way, end] of ways) {
    const { call, calls, ends } = linked()
    way((await call(0)).sink)
    calls[0]?.sink.over({})
    await new Promise(resolve => setImmediate(resolve))
    expect(ends).toEqual([end])
    expect(calls).toHaveLength(1)
  }
})

test('a server that has gone silent, and a token that cannot be had for a moment, are tried again', async () => {
  let asked = 0
  const token = async () => {
    if (asked++ === 0) throw new Error('no network')
    return 'old'
  }
  const { call, stop } = linked({ token, silenceMs: 20 })
  const first = await call(0)
  await eventually(() => first.left)
  await call(1)
  stop()
})

test('the operations of docs/clients.md are valid', async () => {
  const schema = buildSchema(await readFile('schema.graphql', 'utf8'))
  const page = await readFile('docs/clients.md', 'utf8')
  const operations = [...page.matchAll(/```graphql\n([\s\S]*?)```/g)]
    .map(m => m[1] ?? '')
    .filter(text => !text.includes('…'))
  expect(operations.length).toBeGreaterThan(0)
  for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([])
})
