import type { Writable } from 'node:stream'
import { parse } from 'graphql'
import { expect, test, vi } from 'vitest'
import * as ws from 'ws'
import { schema } from '../../src/api/schema.ts'
import { createSelections, work } from '../../src/api/selection.ts'
import { textFrames } from '../../src/api/text-frame.ts'
import { type Services, sharedContext } from '../../src/graph/context.ts'
import { createTokens } from '../../src/graph/tokens.ts'

// Who selects the same, and what is then made once. What is heard over sockets is in shared.test.ts.

const document = parse(`
  query Other { __typename }
  subscription Feed($id: ID!, $after: StreamPosition, $when: Boolean!) {
    chatEvents(chatId: $id, after: $after) { position live event { __typename
      ... on DomainEvent { occurredAt @include(if: $when) }
      ... on ParticipantRemoved { removedParticipantId }
      ... on MessagesMarkedAsRead { chat { id } } } }
  }`)
const services = { tokens: createTokens('test', 'test'), ask: async () => [] } as unknown as Services

const variables = { id: 'any', when: true }
const frame = (more: object = {}, eventType = 'ParticipantRemoved') => ({
  position: { feed: 'chat:1', at: 5n, mark: 9n },
  live: true,
  event: { eventType, at: new Date(0), actorId: null, chatId: '1', userId: '2', messageId: '' },
  ...more,
})

// What the types of ws leave out.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable }

/** How many executions and serializations something takes. */
async function costs(what: () => Promise<unknown>): Promise<[executions: number, serializations: number]> {
  const { executions, serializations } = work
  await what()
  return [work.executions - executions, work.serializations - serializations]
}

test('a frame is executed and serialized once, for those who ask at once and for who comes a moment later', async () => {
  const selections = createSelections(services)
  const join = (more: object) =>
    selections({ schema, document, operationName: 'Feed', variableValues: { ...variables, ...more } }, 'http://here')
  // Which chat is followed, and from where, the frame says.
  const all = [join({}), join({}), join({ after: 'p.q' }), join({ id: 'other' })]
  expect(
    await costs(async () => {
      const made = await Promise.all(all.map(one => one.made(frame())))
      expect(new Set(made).size).toBe(1)
      expect(made[0]?.result.data).toMatchObject({
        chatEvents: { live: true, event: { occurredAt: new Date(0).toISOString() } },
      })
      expect(made[0]?.framed('a').subarray(4).toString()).toBe(
        `{"id":"a","type":"next","payload":${JSON.stringify(made[0]?.result)}}`,
      )
      await all[1]?.made(frame())
    }),
  ).toEqual([1, 1])
})

test('several frames are as many executions, and leave as one', async () => {
  const selections = createSelections(services)
  const join = () => selections({ schema, document, operationName: 'Feed', variableValues: variables }, 'http://here')
  const frames = [1n, 2n, 3n].map(at => frame({ position: { ...frame().position, at } }))
  const one = join()
  const alone = await Promise.all(frames.map(of => one.together([of])))
  const expected = Buffer.concat(alone.map(ready => ready?.framed('a') ?? Buffer.alloc(0)))
  const together = async () => expect((await one.together(frames))?.framed('a')).toEqual(expected)
  expect(await costs(together)).toEqual([3, 3])
  const other = join()
  expect(await costs(() => Promise.all([together(), together(), other.together(frames)]))).toEqual([3, 3])
  expect(await costs(together)).toEqual([0, 0])
  const odd = frame({}, 'MessagesMarkedAsRead') // there is no such chat
  expect(await one.together([...frames, odd])).toBeNull()
})

test.each([0, 125, 126, 0xffff, 0x10000])(
  'texts of %i bytes are framed as WebSocket servers frame them',
  async length => {
    const texts = ['ё'.repeat(length / 2).padEnd(length - Math.floor(length / 2), '.'), 'next']
    const receiver = new Receiver({ isServer: false })
    const heard: string[] = []
    receiver.on('message', (data: Buffer) => heard.push(String(data)))
    await new Promise(done => receiver.write(textFrames(texts), done))
    await vi.waitFor(() => expect(heard).toEqual(texts))
  },
)

test('another frame, variable, document or address is another execution', async () => {
  const selections = createSelections(services)
  const join = (more: object, baseUrl = 'http://here', of = document) => {
    const one = () =>
      selections({ schema, document: of, operationName: 'Feed', variableValues: { ...variables, ...more } }, baseUrl)
    one() // so that nobody is alone
    return one()
  }
  const others = [
    join({}),
    join({ when: false }),
    join({}, 'http://there'),
    join({}, 'http://here', parse(document.loc?.source.body ?? '')),
  ]
  expect(await costs(() => Promise.all(others.map(one => one.made(frame()))))).toEqual([4, 4])
  const position = { feed: 'chat:1', at: 5n, mark: 9n }
  const frames = [
    frame({ live: false }),
    frame({ position: { ...position, at: 6n } }),
    frame({ position: { ...position, mark: 10n } }),
    frame({ position: { ...position, feed: 'chat:2' } }),
    frame({ event: { ...frame().event, userId: '3' } }),
    frame({ event: null }),
  ]
  const one = join({})
  expect(await costs(() => Promise.all(frames.map(of => one.made(of))))).toEqual([frames.length, frames.length])
})

test('what fails is not shared, and who is alone executes for themselves', async () => {
  const selections = createSelections(services)
  const join = () => selections({ schema, document, operationName: 'Feed', variableValues: variables }, 'http://here')
  const one = join()
  expect(await one.made(frame())).toBeNull()
  join()
  expect(await one.made(frame())).not.toBeNull()
  expect(await one.made(frame({}, 'MessagesMarkedAsRead'))).toBeNull() // there is no such chat
  expect(await one.made({ typing: [] } as never)).toBeNull() // of a subscription without positions
})

test.each(['viewer', 'tokenProblem', 'place', 'requestId', 'over'] as const)('a shared context has no %s', name => {
  const { ctx, isPersonal } = sharedContext(services, 'http://here')
  expect([ctx.baseUrl, ctx.tokens, isPersonal()]).toEqual(['http://here', services.tokens, false])
  expect(() => ctx[name]).toThrow('depends on who asks')
  expect(isPersonal()).toBe(true)
})
