import type pg from 'pg'
import type { RawEvent } from '../../kernel/codec.ts'
import { type Derived, RebuildHalted, type Run } from '../../port/rebuilds.ts'
import { copyOf } from './copies.ts'
import { parkSql } from './dead-letters.ts'
import { type EventRow, eventColumns, toRaw } from './event-rows.ts'
import { writeInOrder } from './put.ts'

/** The consumer that a rebuild is. */
export const idOf = (of: Derived): string => `rebuild:${of.name}`

/** Applies the next events to the copies, within the caller's transaction. Throws RebuildHalted. */
export async function advance(
  client: pg.ClientBase,
  of: Derived,
  run: Run,
  pageSize: number,
): Promise<{ position: bigint; head: bigint }> {
  const mine = await client.query<{ position: string }>(
    'select position from checkpoints where consumer = $1 and fence = $2 for update',
    [idOf(of), run.fence],
  )
  const from = mine.rows[0]?.position
  if (from === undefined)
    throw new RebuildHalted(`the rebuild of ${of.name} was ended or started again elsewhere: this one stops`)
  const span = await client.query<{ upto: string; head: string }>(
    `select coalesce((select position from events where position > $1 order by position offset ${pageSize - 1} limit 1), h.head) upto, h.head
      from (select coalesce(max(position), 0) head from events) h`,
    [from],
  )
  const { upto, head } = span.rows[0] ?? { upto: from, head: from }
  const { rows } = await client.query<EventRow & { projected: string; held: boolean }>(
    `select ${eventColumns.replaceAll(/(\w+)/g, 'e.$1')}, s.projected, exists
        (select from dead_letters d where d.consumer = $4 and d.stream = e.stream) held
      from events e join streams s on s.id = e.stream
      where e.position > $1 and e.position <= $2 and ($3::text[] is null or split_part(e.stream, '-', 1) = any($3)) order by e.position`,
    [from, upto, of.categories, idOf(of)],
  )
  const held = new Set(rows.filter(row => row.held).map(row => row.stream))
  const events: RawEvent[] = []
  for (const { projected, held: _, ...row } of rows) {
    const event = toRaw(row)
    if (held.has(event.stream)) continue
    if (of.gate === 'consumer' || event.revision <= Number(projected)) events.push(event)
    else {
      held.add(event.stream)
      await hold(client, of, event, 'its early rows are not written yet')
    }
  }
  await applyAll(client, of, events)
  await client.query('update checkpoints set position = $2 where consumer = $1', [idOf(of), upto])
  return { position: BigInt(upto), head: BigInt(head) }
}

const hold = (client: pg.ClientBase, of: Derived, event: RawEvent, error: string) =>
  client.query(parkSql('$1::text', '$2::text', '$3::bigint', '$4::bigint', '$5::text'), [
    idOf(of),
    event.stream,
    event.revision,
    event.position,
    error,
  ])

/** Applies events to the copies. A poison event ends the rebuild, unless the consumer's own stream is halted there as well. */
export async function applyAll(client: pg.ClientBase, of: Derived, events: readonly RawEvent[]): Promise<void> {
  const poison = await writeInOrder(client, of.handle, events, copyOf)
  if (!poison) return
  const { stream, revision, position } = poison.event
  const known = await client.query('select from dead_letters where consumer = $1 and stream = $2 and revision <= $3', [
    of.name,
    stream,
    revision,
  ])
  const event = events.find(e => e.position === position)
  if (of.gate === 'early' || !known.rowCount || !event)
    throw new RebuildHalted(
      `the rebuild of ${of.name} stopped at ${stream}@${revision}, and the old tables stay: ${poison.error}`,
    )
  await hold(client, of, event, poison.error)
  await applyAll(
    client,
    of,
    events.filter(e => e.position > position && e.stream !== stream),
  )
}
