import type pg from 'pg'
import { batched, batchedOne } from '../../kernel/batched.ts'
import type { RawEvent } from '../../kernel/codec.ts'
import { type Commit, type EventStore, StoreUnavailable } from '../../port/event-store.ts'
import type { Database } from './db.ts'
import { type EventRow, eventColumns, type HeadRow, toHead, toRaw } from './event-rows.ts'
import { readStatesSql, type StateRow, toState } from './read-state.ts'
import { type PlaceRow, pagesOf, readStreamsSql } from './read-streams.ts'
import type { Writer } from './writer.ts'

type State = Awaited<ReturnType<EventStore['readState']>>

/** So many states come in one answer: they are folded in one go, while PostgreSQL reads the next ones over other connections. */
const mostStates = 4

const headOrNull = (row: HeadRow | undefined) => (row ? toHead(row) : null)

interface ReceiptRow {
  hash: Buffer
  stream: string
  first: string | null
  last: string | null
  position: string | null
  done: boolean | null
}

/** The log in PostgreSQL: reads here, the one write in `writer`. */
export function postgresEventStore(database: Database, writer: Writer, epoch: string): EventStore {
  const query = async <R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<R[]> => {
    try {
      return (await database.pool.query<R>({ name, text, values })).rows
    } catch (error) {
      throw new StoreUnavailable(error)
    }
  }

  const lowWater = batchedOne(async keys => {
    const [row] = await query<{ mark: string }>('low-water', lowWaterSql, [])
    return new Map(keys.map(key => [key, BigInt(row?.mark ?? 0)]))
  })

  const readState = batchedOne<State>(async keys => {
    const asked = keys.map((key): [string, string, number] => JSON.parse(key))
    const of = (i: number) => asked.map(parts => parts[i])
    const rows = await query<StateRow>('read-states', readStatesSql, [of(0), of(1), of(2)])
    const found = new Map(rows.map(row => [Number(row.n) - 1, row]))
    return new Map(keys.map((key, i) => [key, toState(asked[i]?.[0] ?? '', found.get(i))]))
  }, mostStates)

  /** Who follows the log and is where others are reads it with them. */
  const readPage = batchedOne<readonly RawEvent[]>(async keys => {
    const read = async (key: string) => {
      const text = `select ${eventColumns} from events where position > $1 order by position limit $2`
      return [key, (await query<EventRow>('read-all', text, key.split(' '))).map(toRaw)] as const
    }
    return new Map(await Promise.all(keys.map(read)))
  })

  return {
    epoch,
    append: writer.append,

    async receipt(scope, command) {
      const [row] = await query<ReceiptRow>(
        'receipt',
        `select r.hash, r.stream, r.first, r.last, r.position, s.projected >= r.last done
          from receipts r left join streams s on s.id = r.stream where r.scope = $1 and r.command = $2`,
        [scope, command],
      )
      return row ? { hash: row.hash, commit: toCommit(row) } : null
    },

    async readStream(stream, after, limit, structural = false) {
      // The head first: the events may then be ahead of it, never behind.
      const heads = await query<HeadRow>('head', 'select id, revision, guard, projected from streams where id = $1', [
        stream,
      ])
      const head = heads[0] ? toHead(heads[0]) : null
      if (!head || (structural ? head.guard : head.revision) <= after) return { events: [], head }
      const rows = await query<EventRow>(
        structural ? 'read-structural' : 'read-stream',
        `select ${eventColumns} from events where stream = $1 and revision > $2 ${structural ? 'and bump' : ''} order by revision limit $3`,
        [stream, after, limit],
      )
      return { events: rows.map(toRaw), head }
    },

    async readStreams(places) {
      const rows = await query<PlaceRow>('read-streams', readStreamsSql, [
        places.map(p => p.stream),
        places.map(p => p.after),
        places.map(p => p.limit),
      ])
      return pagesOf(rows, places.length)
    },

    async readSome(places) {
      const rows = await query<EventRow>(
        'read-some',
        `select ${eventColumns} from events join unnest($1::text[], $2::bigint[]) u(s, r) on stream = s and revision = r`,
        [places.map(p => p.stream), places.map(p => p.revision)],
      )
      return rows.map(toRaw)
    },

    async readAll(after, limit, categories) {
      if (!categories) return readPage(`${after} ${limit}`)
      const rows = await query<EventRow>(
        'read-categories',
        `select ${eventColumns} from events where position > $1 and split_part(stream, '-', 1) = any($3) order by position limit $2`,
        [after.toString(), limit, categories],
      )
      return rows.map(toRaw)
    },

    async heads(streams) {
      const rows = await query<HeadRow>(
        'heads',
        'select id, revision, guard, projected from streams where id = any($1)',
        [streams],
      )
      return new Map(rows.map(row => [row.id, toHead(row)]))
    },

    async halted(stream) {
      const text = "select 1 from dead_letters where consumer = 'early' and stream = $1"
      return (await query('halted', text, [stream])).length > 0
    },

    lowWater: () => lowWater('now'),

    marked: batched(async streams => {
      const rows = await query<HeadRow & { mark: string }>('marked', markedSql, [streams])
      const found = new Map(rows.map(row => [row.id, row]))
      const mark = BigInt(rows[0]?.mark ?? 0)
      return new Map(streams.map(stream => [stream, { mark, head: headOrNull(found.get(stream)) }]))
    }),

    async movedSince(after) {
      const rows = await query<{ stream: string; position: string }>(
        'moved-since',
        'select stream, max(position) as position from events where position > $1 group by stream order by 2',
        [after.toString()],
      )
      return { streams: rows.map(row => row.stream), head: BigInt(rows.at(-1)?.position ?? after) }
    },

    readState: (stream, schema, limit) => readState(JSON.stringify([stream, schema, limit])),

    async saveSnapshot(stream, schema, revision, state) {
      await query(
        'save-snapshot',
        `insert into snapshots (stream, schema, revision, state) values ($1, $2, $3, $4)
          on conflict (stream, schema) do update set revision = excluded.revision, state = excluded.state
          where snapshots.revision < excluded.revision`,
        [stream, schema, revision, state],
      )
    },
  }
}

/**
 * Head of the log, or just before the first event whose early rows are still missing. In this order: the head is taken
 * first (materialized), so that an event that comes between can only make the mark too low, never too high.
 */
const lowWaterSql = `with head as materialized (select coalesce(max(position), 0) p from events)
  select least((select p from head), (select min(e.position) - 1 from behind b join streams s on s.id = b.stream
    join events e on e.stream = s.id and e.revision = s.projected + 1))::text mark`

const markedSql = `select low.mark, s.id, s.revision, s.guard, s.projected
  from (${lowWaterSql}) low left join streams s on s.id = any($1)`

function toCommit(row: ReceiptRow): Commit {
  return {
    stream: row.stream,
    first: row.first === null ? null : Number(row.first),
    last: row.last === null ? null : Number(row.last),
    position: row.position === null ? null : BigInt(row.position),
    projected: row.last === null || row.done === true,
    again: true,
  }
}
