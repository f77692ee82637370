import type pg from 'pg'
import type { HeldTask, TaskState, Tasks } from '../../port/tasks.ts'
import type { Database } from './db.ts'
import { speaking } from './put.ts'

type Held = Omit<HeldTask, 'input'> & { input: string }

const mine = 'id = $1 and fence = $2 and failed_at is null'
const stateColumns = 'id, reactor, kind, at, due_at "dueAt", attempts, error, failed_at "failedAt"'

/** Tasks in PostgreSQL, where the consumer that follows the log put them. */
export function postgresTasks({ pool }: Database): Tasks {
  const query = async <R extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    (await speaking(() => pool.query<R>(text, values))).rows
  const run = async (text: string, values: unknown[]): Promise<boolean> =>
    ((await speaking(() => pool.query(text, values))).rowCount ?? 0) > 0

  return {
    async add({ id, reactor, kind, input }) {
      await run(
        `insert into tasks (id, reactor, kind, input, position, at, due_at)
          values ($1, $2, $3, $4, 0, clock_timestamp(), clock_timestamp()) on conflict do nothing`,
        [id, reactor, kind, JSON.stringify(input)],
      )
    },
    async claim(reactors, rowsTo, limit) {
      const rows = await query<Held>(
        `update tasks set fence = fence + 1, attempts = attempts + 1, held_until = clock_timestamp() + interval '1 min'
          where id in (select id from tasks
            where failed_at is null and due_at <= clock_timestamp() and (held_until is null or held_until < clock_timestamp())
              and reactor = any($1) and (position <= $2 or at < clock_timestamp() - interval '10 s')
            order by due_at limit $3 for update skip locked)
          returning id, reactor, kind, input, at, attempts attempt, fence`,
        [reactors, rowsTo, limit],
      )
      return rows.map(row => ({ ...row, input: JSON.parse(row.input) as unknown }))
    },
    async finish({ id, fence }) {
      await run(`delete from tasks where ${mine}`, [id, fence])
    },
    async postpone({ id, fence }, dueAt) {
      await run(`update tasks set due_at = $3, attempts = 0, held_until = null where ${mine}`, [id, fence, dueAt])
    },
    async fail({ id, fence }, error, final) {
      await run(
        `update tasks set error = $3, held_until = null, failed_at = case when $4 then clock_timestamp() end,
          due_at = clock_timestamp() + least(interval '5 min', interval '1 s' * 2 ^ least(attempts - 1, 20)) where ${mine}`,
        [id, fence, error, final],
      )
    },
    failing: () =>
      query<TaskState>(`select ${stateColumns} from tasks where error is not null order by at, id limit 1000`),
    async waiting() {
      const [row] = await query<{ count: number; since: Date | null }>(
        'select count(*)::int count, min(due_at) filter (where due_at <= clock_timestamp()) since from tasks where failed_at is null',
      )
      return row ?? { count: 0, since: null }
    },
    retry: id =>
      run('update tasks set failed_at = null, due_at = clock_timestamp() where id = $1 and error is not null', [id]),
    drop: id => run('delete from tasks where id = $1 and error is not null', [id]),
  }
}
