import { decode, type RawEvent } from './codec.ts'
import { eventId } from './id.ts'
import { categoryOf, type EventSet, type EventShapes, type StoredEvent } from './message.ts'

/** Something to do because of an event: kept until it is done. `input` is JSON without personal data: ids, not texts. */
export interface Task {
  kind: string
  input: unknown
  /** Not before this moment; default: at once. */
  dueAt?: Date
}

/** What a task is told when it is done. */
export interface Doing {
  /** Always the same for the same event and place: the key for commands, so that doing it twice does nothing more. */
  id: string
  /** 1 for the first try. */
  attempt: number
  /** When the event happened. */
  at: Date
}

export interface Reaction {
  events: EventSet
  on: Record<string, ((event: never) => readonly Task[]) | undefined>
}

/**
 * What follows from events in another part of the house: a process. Which tasks an event leads to is pure, and stored together
 * with how far the reactor is; doing a task is not, and is tried until it returns. So it has to be idempotent. Tasks are
 * done side by side, in no promised order, with rows that are as new as the event.
 */
export interface Reactor {
  name: string
  /** Where it begins: at the first event, or at what comes after its first registration (whatever mails somebody). */
  start: 'beginning' | 'now'
  on: readonly Reaction[]
  /** By kind. Resolves when it is done, or with the moment to come again; throws to be tried later. A minute at most. */
  do: Record<string, (input: never, doing: Doing) => Promise<{ again: Date } | undefined>>
}

/** The task can never be done: it is put aside for the operator at once. The message holds no personal data. */
export class GiveUp extends Error {
  override name = 'GiveUp'
}

export const task = (kind: string, input: unknown, more: Pick<Task, 'dueAt'> = {}): Task => ({ kind, input, ...more })

/** The tasks that events of a category lead to. */
export const reactsTo = <S extends EventShapes>(
  events: EventSet<S>,
  on: { [K in keyof S & string]?: (event: StoredEvent<S, K>) => readonly Task[] },
): Reaction => ({ events, on })

/** Names a process. Throws for a task of a kind that it cannot do only when one comes: kinds are plain strings. */
export const reactor = (of: Reactor): Reactor => of

/** A task with its name for ever. */
export interface Due extends Task {
  id: string
}

/** The tasks of one event, each with its id. Events that the reactor does not hear of are not even decoded. */
export function tasksOf({ name, on }: Reactor, raw: RawEvent): readonly Due[] {
  const category = categoryOf(raw.stream)
  return on
    .filter(({ events }) => events.category === category)
    .flatMap(({ events, on }) => on[raw.type]?.(decode(events, raw) as never) ?? [])
    .map((one, i) => ({ ...one, id: eventId(name, raw.id, i) }))
}
