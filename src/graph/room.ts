import { type Following, heartbeatMs, isOver, type LiveFeeds, rest, stateEveryMs, untilWoken } from './feed.ts'
import type { Frame } from './frame.ts'
import type { Guest, Left, Ready, Room } from './seat.ts'
import type { Position } from './tokens.ts'

// Who is caught up with a feed sits in its room: what happens is then read once and made once for all who are in it.

/** What happened after a position, as all in a room see it. */
export interface RoomPage<Event> {
  frames: readonly Frame<Event>[]
  /** Where one is after it. */
  at: bigint
  /** Whether it ends the feed for somebody, so that they have to go through it by themselves; null: for nobody. */
  endsFor: ((userId: string) => boolean) | null
}

/** What one kind of feed does its own way. */
export interface RoomFeed<Event> {
  feed: string
  live: LiveFeeds
  /** Null: nothing happened. */
  happened: (position: Position) => Promise<RoomPage<Event> | null>
  /** What is state and moved, and the mark after it. At most once a second. */
  state: (position: Position, told: Map<string, bigint>) => Promise<{ frames: readonly Frame<Event>[]; mark: bigint }>
  /** Whether nothing after a position can have taken from anybody the right to see what was made. Asked after that. */
  unchanged: (at: bigint) => Promise<boolean>
}

// While a thousand are told nothing else is done. Then it is the turn of others for some times as long, and what
// happens in the chat meanwhile leaves in one write.
const restFor = 3
const mostRestMs = 50

/** A room that is open as long as somebody sits in it. */
export function openRoom<Event extends object>(of: RoomFeed<Event>, first: Position, closed: () => void): Room {
  const ctx: Following = { live: of.live, over: new AbortController() }
  const waiter = untilWoken(ctx, of.feed)
  const position = { ...first }
  const groups = new Map<string, Set<Guest>>()
  /** Who came from further than the room, which may not have got there. */
  const ahead = new Set<Guest>()
  let told = new Map<string, bigint>()
  let size = 0
  let [moved, due] = [false, false]
  let [stateAt, toldFor] = [0, 0]

  /** Tells frames to all who are at the place before them. `endsFor`: who has to go through them alone; `told`: called when they are. */
  async function tell(
    frames: readonly Frame<Event>[],
    at: bigint,
    { endsFor, told }: { endsFor?: RoomPage<Event>['endsFor']; told?: () => void } = {},
  ): Promise<void> {
    const made = new Map<string, Ready | null>()
    const make = async ([name, [one]]: [string, Set<Guest>]) =>
      made.set(name, (await one?.seat.selection.together(frames)) ?? null)
    await Promise.all([...groups].map(([name, group]) => make([name, group])))
    const allowed = await of.unchanged(at)
    // From here on in one go: whoever comes or goes does so before or after.
    const began = performance.now()
    for (const [name, group] of groups) {
      const ready = made.get(name)
      for (const one of group) {
        if (ahead.size && ahead.has(one)) {
          if (one.position.at > position.at) {
            if (one.position.at < at || at === position.at) leave(one, 'left')
            continue // else they had it before they came
          }
          ahead.delete(one)
        }
        if (!allowed || !ready || endsFor?.(one.userId) || !one.seat.tell(ready)) leave(one, 'left')
      }
    }
    told?.()
    toldFor = performance.now() - began
  }

  async function tellState(): Promise<void> {
    stateAt = Date.now()
    const heard = new Map(told)
    const { frames, mark } = await of.state(position, heard)
    // Who leaves before they are told has not heard of it; who comes after has to know it.
    const done = () => {
      told = heard
      due = false
      if (mark > position.mark) position.mark = mark
    }
    if (frames.length) await tell(frames, position.at, { told: done })
    else done()
  }

  async function step(): Promise<void> {
    const page = moved ? await of.happened(position) : null
    if (page) {
      const { at, endsFor } = page
      await tell(page.frames, at, {
        endsFor,
        told: () => {
          position.at = at
        },
      })
      const ms = Math.min(mostRestMs, restFor * toldFor)
      if (ms > 1) await rest(ctx, ms)
      return
    }
    moved = false
    if (waiter.stateMoved()) due = true
    const wait = stateAt + stateEveryMs - Date.now()
    if (due && wait <= 0) return tellState()
    const woken = await waiter.next(due ? wait : heartbeatMs)
    if (woken) moved = true
    else if (!due && size) await tell([{ position: { ...position }, live: true, event: null }], position.at)
  }

  async function drive(): Promise<void> {
    let why: Left['why'] = 'left'
    try {
      while (size && !isOver(ctx)) await step()
    } catch {
      why = 'never' // each finds out by themselves what it is, and says so
    }
    close()
    for (const group of groups.values()) for (const one of group) leave(one, why)
  }

  let open = true
  function close() {
    if (!open) return
    open = false
    closed()
    ctx.over.abort()
    waiter.stop()
  }

  function taken(guest: Guest): boolean {
    const { name } = guest.seat.selection
    const group = groups.get(name)
    if (!group?.delete(guest)) return false
    if (!group.size) groups.delete(name)
    ahead.delete(guest)
    return true
  }

  function gone() {
    if (--size === 0) close()
  }

  function leave(guest: Guest, why: Left['why']) {
    if (!taken(guest)) return
    // Who was further than the room when they came may still be.
    if (position.at > guest.position.at) guest.position.at = position.at
    if (position.mark > guest.position.mark) guest.position.mark = position.mark
    if (told.size) guest.told = new Map([...guest.told, ...told])
    guest.left({ why, due: due || waiter.hasStateMoved() })
    gone()
  }

  return {
    sit(guest) {
      const { position: own, told: known, seat } = guest
      const isNews = ([key, movedAt]: [string, bigint]) => movedAt > own.mark && known.get(key) !== movedAt
      const later: Left = { why: 'later', due: own.mark < position.mark || [...told].some(isNews) }
      // Who is behind goes on alone until they are here; who was not told of something that the room was looks for it first.
      if (!open || own.at < position.at || later.due) return later
      const { name } = seat.selection
      groups.set(name, (groups.get(name) ?? new Set()).add(guest))
      if (own.at > position.at) ahead.add(guest)
      if (size++ === 0) void drive()
      return null
    },
    leave(guest) {
      if (taken(guest)) gone()
    },
  }
}
