import type { z } from 'zod'

/** The shape of one event: `data` is kept for ever, `personal` can be erased and then reads as null. */
export interface EventShape {
  /** The version written today. Older ones in the log are brought up by `upcast`. */
  v: number
  data: z.ZodType
  personal?: z.ZodType
  /** Structural events move the stream's guard (lifecycle, membership, roles, links); only they may change a decider's state. */
  bump?: true
  /** Whose the personal part is: the key it is erased by. Default: the actor. */
  key?: (data: never) => string
  /** `upcast[1]` turns a version 1 into a version 2, and so on: pure, and ready for `personal` being null. */
  upcast?: Readonly<Record<number, (old: Body) => Body>>
}
export type EventShapes = Record<string, EventShape>

/** An event's two parts before they are known to have a shape. */
export interface Body {
  data: unknown
  personal: unknown
}

type Data<S extends EventShape> = z.infer<S['data']>
type Personal<S extends EventShape> = S['personal'] extends z.ZodType ? z.infer<S['personal']> | null : null

/** What a decider returns: not yet in the log. */
export type NewEvent<S extends EventShapes, T extends keyof S & string = keyof S & string> = {
  [K in T]: { type: K; data: Data<S[K]>; personal: Personal<S[K]> }
}[T]

/** Any new event, for code that is not of one domain. */
export interface AnyNewEvent extends Body {
  type: string
}

/** Where and when it happened: what the store adds. `revision` counts from 0 within the stream, `position` grows over the log. */
export interface Recorded {
  id: string
  stream: string
  revision: number
  position: bigint
  at: Date
  /** The company that it belongs to; null for what belongs to none, and for what was written before companies were noted. */
  tenant: string | null
  actor: string | null
  command: string
}
export type StoredEvent<S extends EventShapes, T extends keyof S & string = keyof S & string> = NewEvent<S, T> &
  Recorded

/** Any stored event, for code that is not of one domain. */
export interface AnyEvent extends Recorded, Body {
  type: string
}

/** All event types of one category of streams, with a typed constructor for each. */
export interface EventSet<S extends EventShapes = EventShapes> {
  /** Streams are `<category>-<id>`; the category has no dash. */
  category: string
  shapes: S
  make: {
    [K in keyof S & string]: (
      ...args: S[K]['personal'] extends z.ZodType
        ? [data: Data<S[K]>, personal: z.infer<S[K]['personal']>]
        : [data: Data<S[K]>]
    ) => NewEvent<S, K>
  }
}

/** Names the events of a category once: types, constructors and decoders follow from it. */
export function defineEvents<const S extends EventShapes>(category: string, shapes: S): EventSet<S> {
  const make = Object.fromEntries(
    Object.keys(shapes).map(type => [type, (data: unknown, personal: unknown = null) => ({ type, data, personal })]),
  )
  return { category, shapes, make: make as unknown as EventSet<S>['make'] }
}

/** One command: its input, the stream it is decided in, and the facts of other rooms of the house that it asks for. */
export interface CommandShape {
  input: z.ZodType
  stream: (input: never) => string
  facts?: readonly string[]
  /**
   * Whether a fact tells what the stream's own ordinary events change, such as a message's version. The guard does not see
   * those: nothing at all may then come to the stream between the facts and the append, or it is decided anew.
   */
  exact?: (input: never) => boolean
}
export type CommandShapes = Record<string, CommandShape>

/** Names the commands of an aggregate. */
export const defineCommands = <const C extends CommandShapes>(shapes: C): C => shapes

/** `chat-018f…` is of the category `chat`: it ends at the first dash. */
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'))
/** `chat-018f…` has the id `018f…`: all after the first dash. */
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1)
