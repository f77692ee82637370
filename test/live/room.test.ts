import { expect, test } from 'vitest'
import type { LiveFeeds, Wake } from '../../src/graph/feed.ts'
import type { Frame } from '../../src/graph/frame.ts'
import { openRoom, type RoomPage } from '../../src/graph/room.ts'
import type { Guest, Left, Room, Seat } from '../../src/graph/seat.ts'
import { eventually } from '../client.ts'

// One room by itself: who sits in it, and what it does once for all of them. What is heard over sockets is in rooms.test.ts.

interface Event {
  eventType: string
}
const at = (position: bigint, mark = 0n) => ({ feed: 'chat:1', at: position, mark })

/** A feed to which a test adds events, and what was done for it. */
function openFeed() {
  const draining = new AbortController()
  const wakes = new Set<Wake>()
  const events: string[] = []
  const did = { reads: 0, made: 0, looks: 0, states: 0, closed: 0 }
  const endsFor = new Set<string>()
  let moved: Frame<Event>[] = []
  let unchanged = true
  let broken = false
  let standing = false
  const live = {
    watch(_: string, wake: Wake) {
      wakes.add(wake)
      return () => wakes.delete(wake)
    },
    draining: draining.signal,
  } as unknown as LiveFeeds

  const room: Room = openRoom<Event>(
    {
      ...{ feed: 'chat:1', live },
      async happened(position): Promise<RoomPage<Event> | null> {
        did.reads++
        if (broken) throw new Error('no database')
        const from = Number(position.at)
        const frames = events.slice(from).map((eventType, i) => ({
          ...{ position: at(BigInt(from + i + 1)), live: true, event: { eventType } },
        }))
        return frames.length ? { frames, at: BigInt(events.length), endsFor: userId => endsFor.has(userId) } : null
      },
      async state(position, told) {
        did.states++
        const frames = moved
        moved = []
        if (!standing) return { frames, mark: position.mark + 1n }
        told.set('ann', 9n)
        return { frames, mark: position.mark }
      },
      async unchanged() {
        did.looks++
        return unchanged
      },
    },
    at(0n),
    () => did.closed++,
  )
  /** Somebody in the room: what they heard, and how they left. */
  function sit(
    userId: string,
    { from = 0n, mark = 0n, name = 'all', shareable = true, told = [] as [string, bigint][] } = {},
  ) {
    const heard: string[] = []
    const selection: Seat['selection'] = {
      name,
      async together(frames) {
        did.made++
        const text = (frames as Frame<Event>[]).map(({ event }) => event?.eventType ?? 'beat').join(' ')
        return shareable ? { framed: id => Buffer.from(`${id} ${text}`) } : null
      },
    }
    const tell: Seat['tell'] = ready => {
      if (!one.busy) heard.push(ready.framed(userId).toString())
      return !one.busy
    }
    const place: Guest = {
      ...{ userId, position: at(from, mark), told: new Map(told) },
      seat: { selection, tell, left: () => undefined },
      left(left) {
        one.left = left
        one.roomHeard = wakes.size > 0
      },
    }
    const one = { heard, place, busy: false, left: null as Left | null, roomHeard: false }
    one.left = room.sit(place)
    return one
  }
  const say = (...what: string[]) => {
    events.push(...what)
    for (const wake of wakes) wake()
  }
  /** The same, of which nothing is state. */
  const sayOnly = (...what: string[]) => {
    events.push(...what)
    for (const wake of wakes) wake(false)
  }
  return {
    ...{ sit, say, sayOnly, leave: room.leave, did, endsFor, draining, wakes },
    move: (eventType: string) => {
      moved = [{ position: at(BigInt(events.length)), live: true, event: { eventType } }]
    },
    /** The mark stands still from now on: rows of something else are missing. */
    stand: () => {
      standing = true
    },
    change: () => {
      unchanged = false
    },
    breakDown: () => {
      broken = true
    },
  }
}

test.each([2, 50])('what happens is read, made and looked after once for %d who are there', async size => {
  const feed = openFeed()
  const all = Array.from({ length: size }, (_, i) => feed.sit(`${i}`))
  feed.say('a', 'b')
  await eventually(() => all.every(({ heard }) => heard.length === 1))
  await eventually(() => feed.did.states === 1 && feed.did.reads === 2)
  expect(all.map(({ heard }) => heard)).toEqual(all.map((_, i) => [`${i} a b`]))
  expect(feed.did).toEqual({ reads: 2, made: 1, looks: 1, states: 1, closed: 0 })
  feed.draining.abort()
  await eventually(() => all.every(({ left }) => left?.why === 'left'))
  expect([feed.did.closed, feed.wakes.size]).toEqual([1, 0])
})

test('each selection is made once, and who selects what cannot be shared leaves at the place before it', async () => {
  const feed = openFeed()
  const [one, two, other] = [feed.sit('1'), feed.sit('2'), feed.sit('3', { name: 'other' })]
  const own = feed.sit('4', { name: 'own', shareable: false })
  feed.say('a')
  await eventually(() => one.heard.length && own.left)
  expect([one, two, other, own].map(({ heard }) => heard)).toEqual([['1 a'], ['2 a'], ['3 a'], []])
  expect([feed.did.made, own.left?.why, own.place.position.at]).toEqual([3, 'left', 0n])
  feed.draining.abort()
})

test('who cannot be told leaves with the place where they are; others go on', async () => {
  const feed = openFeed()
  const [one, slow] = [feed.sit('1'), feed.sit('2')]
  feed.say('a')
  await eventually(() => slow.heard.length)
  slow.busy = true
  feed.say('b')
  await eventually(() => slow.left)
  feed.say('c')
  await eventually(() => one.heard.length === 3)
  expect([slow.heard, slow.place.position.at, one.left]).toEqual([['2 a'], 1n, null])
  one.busy = true
  feed.say('d')
  await eventually(() => one.left)
  expect([one.place.position.at, one.roomHeard, feed.did.closed]).toEqual([3n, true, 1])
})

test('who is behind, or knows less of what is state, is not taken; who is further waits for the others', async () => {
  const feed = openFeed()
  const one = feed.sit('1')
  const ahead = feed.sit('2', { from: 2n, mark: 5n })
  feed.say('a', 'b')
  await eventually(() => one.heard.length && feed.did.states === 1)
  expect([one.heard, ahead.heard, ahead.left]).toEqual([['1 a b'], [], null])
  const [behind, unaware, here] = [
    feed.sit('3', { mark: 5n }),
    feed.sit('4', { from: 2n }),
    feed.sit('5', { from: 2n, mark: 5n }),
  ]
  await eventually(() => behind.left && unaware.left)
  expect([behind.left, unaware.left, here.left]).toEqual([
    { why: 'later', due: false },
    { why: 'later', due: true },
    null,
  ])
  feed.say('c')
  await eventually(() => here.heard.length)
  expect([one.heard, ahead.heard, here.heard]).toEqual([['1 a b', '1 c'], ['2 c'], ['5 c']])
  ahead.busy = true
  feed.say('d')
  await eventually(() => ahead.left)
  expect(ahead.place.position).toEqual(at(3n, 5n)) // the mark is never lower than it was
  feed.draining.abort()
})

test('who is further than the middle of what happened leaves, and hears the rest alone', async () => {
  const feed = openFeed()
  const [one, ahead] = [feed.sit('1'), feed.sit('2', { from: 1n })]
  feed.say('a', 'b')
  await eventually(() => one.heard.length && ahead.left)
  expect([one.heard, ahead.heard, ahead.place.position.at]).toEqual([['1 a b'], [], 1n])
  feed.draining.abort()
})

test('whom something ends it for goes through it alone, and nobody is told what the rows may be too new for', async () => {
  const feed = openFeed()
  const [one, removed] = [feed.sit('1'), feed.sit('2')]
  feed.endsFor.add('2')
  feed.say('a')
  await eventually(() => one.heard.length && removed.left)
  expect([one.heard, removed.heard, removed.place.position.at]).toEqual([['1 a'], [], 0n])
  feed.change()
  feed.say('b')
  await eventually(() => one.left)
  expect([one.heard, one.left?.why, one.place.position.at]).toEqual([['1 a'], 'left', 1n])
})

test('what is state is told together, and who leaves before it looks by themselves', async () => {
  const feed = openFeed()
  const [one, slow] = [feed.sit('1'), feed.sit('2')]
  slow.busy = true
  feed.move('read')
  feed.say()
  await eventually(() => one.heard.length && slow.left)
  expect([one.heard, slow.left, slow.place.position.mark]).toEqual([['1 read'], { why: 'left', due: true }, 0n])
  one.busy = true
  feed.sayOnly('a')
  await eventually(() => one.left)
  expect([one.left?.due, one.place.position.mark]).toEqual([false, 1n])
})

test('a room that fails serves nobody: each finds out by themselves', async () => {
  const feed = openFeed()
  const all = [feed.sit('1'), feed.sit('2')]
  feed.breakDown()
  feed.say('a')
  await eventually(() => all.every(({ left }) => left?.why === 'never'))
  expect([all.map(({ heard }) => heard), feed.did.closed]).toEqual([[[], []], 1])
})

test('who comes has to know what the room was told while its mark stood still', async () => {
  const feed = openFeed()
  const one = feed.sit('1')
  feed.stand()
  feed.move('read')
  feed.say()
  await eventually(() => one.heard.length)
  const [unaware, told, later] = [feed.sit('2'), feed.sit('3'), feed.sit('4', { mark: 9n })]
  await eventually(() => unaware.left)
  expect([unaware.left, told.left?.due, later.left]).toEqual([{ why: 'later', due: true }, true, null])
  const knows = feed.sit('5', { told: [['ann', 9n]] })
  one.busy = true
  feed.say('a')
  await eventually(() => one.left)
  expect([knows.left, one.place.told.get('ann')]).toEqual([null, 9n])
  feed.draining.abort()
})

test('what moves while somebody leaves is not lost: they look for it themselves, and hear at once again', async () => {
  const feed = openFeed()
  const [one, slow] = [feed.sit('1'), feed.sit('2')]
  Object.defineProperty(slow, 'busy', {
    get: () => {
      feed.say() // just now
      return true
    },
  })
  feed.say('a')
  await eventually(() => one.heard.length && slow.left)
  expect([slow.left, slow.roomHeard]).toEqual([{ why: 'left', due: true }, true])
  feed.draining.abort()
})

test('who goes for good hears nothing more, and the room ends with the last of them', async () => {
  const feed = openFeed()
  const [one, gone] = [feed.sit('1'), feed.sit('2')]
  feed.leave(gone.place)
  feed.say('a')
  await eventually(() => one.heard.length)
  feed.leave(one.place)
  expect([gone.heard, gone.left, one.left, feed.did.closed, feed.wakes.size]).toEqual([[], null, null, 1, 0])
})
