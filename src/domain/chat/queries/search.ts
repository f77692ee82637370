import { type SQL, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { apart, chats, folded, messages, participants, reactions } from '../tables.ts'
import { headlineOf, type Marked, type Span } from './search-headline.ts'

export type { Span } from './search-headline.ts'

import { wordsOf } from './search-words.ts'

type Db = NodePgDatabase

/** What of a message is asked for, besides its words. */
export type MessageFeature = 'FILE' | 'IMAGE' | 'LINK' | 'REACTION'

export interface MessageSearch {
  /** Who searches: only in chats that they are in now. */
  userId: string
  query: string
  chatId: string | null
  /** Only in chats of that company. */
  companyId: string | null
  authorId: string | null
  /** From then on, and before then. */
  sentAfter: Date | null
  sentBefore: Date | null
  has: readonly MessageFeature[]
  /** The moment from which the age of a message counts: the same for all pages. */
  asOf: Date
  /** The last one of the page before. */
  after: { score: number; id: string } | null
  limit: number
}

export interface Found {
  id: string
  /** By which they are ordered, the highest first; then by id, the newest first. */
  score: number
}

/**
 * Nobody examines more than this for one search: so many hits of the index, and so many of the newest messages. A search
 * with fewer hits has them all; one with more has these, which are enough to find good ones and new ones among them.
 */
export const searchLimits = { hits: 10_000, newest: 20_000, chats: 1_000, chatWords: 200, weeks: 200 }

/** The search as SQL: `id`, `score`, and `total`, how many there are in all, null when there are too many to count. */
export function searchSql(of: MessageSearch): SQL {
  const { hits, newest, chats: mostChats, chatWords } = searchLimits
  const { wanted, unwanted } = wordsOf(of.query)
  const filters = and(
    of.sentAfter && sql`created_at >= ${of.sentAfter}`,
    of.sentBefore && sql`created_at < ${of.sentBefore}`,
    of.has.includes('FILE') && sql`content_kind = 'FILES'`,
    of.has.includes('IMAGE') && sql`has_image`,
    of.has.includes('REACTION') &&
      sql`exists (select from ${reactions} r where r.message_id = ${messages}.id and r.removed_at is null)`,
    of.has.includes('LINK') && sql`(body ~* '(https?://|\\mwww\\.)\\S' or entities @> '[{"kind":"LINK"}]')`,
  )
  const columns = sql`id, chat_id, created_at, search, ${filters} fits`
  return sql`with mine as materialized (
      select c.id, c.last_activity_at from ${participants} p join ${chats} c on c.id = p.chat_id
      where p.user_id = ${of.userId} and p.left_at is null and c.deleted_at is null
        ${of.chatId ? sql`and c.id = ${of.chatId}` : sql``}
        ${of.companyId ? sql`and c.company_id = ${of.companyId}` : sql``}),
    words as materialized (select ${wanted} wanted, ${unwanted} unwanted),
    -- In few chats the index finds what was said in them; in many, what was said anywhere, and mine are picked out.
    places as (select case when (select count(*) from mine) <= ${chatWords}
      then coalesce((select string_agg(${lexeme('c', sql`id`)}, '|') from mine), '''#nowhere''') else '' end::tsquery place),
    asked as materialized (select wanted && !!unwanted && here query, ${anyOrder(sql`wanted`)} && ${withoutPhrases(sql`unwanted`)} && here candidates
      from words, places, lateral (select place && ${placesOf(of)} here) h where numnode(wanted) > 0),
    hits as materialized (select ${columns} from ${messages} where search @@ (select candidates from asked) limit ${hits + 1}),
    cut as materialized (select count(*) > ${hits} is_cut from hits),
    newest as (select m.* from (select id from mine order by last_activity_at desc limit ${mostChats}) c, lateral (
        select ${columns} from ${messages} where chat_id = c.id and (select is_cut from cut) order by sequence desc
          limit (select ${newest}::bigint / greatest(least(count(*), ${mostChats}::bigint), 1) from mine)) m
      where m.search @@ (select query from asked)),
    found as materialized (
      select distinct id, floor(1e9 * ts_rank(search, (select wanted from words), 1)
          * (1 + 2 / (1 + greatest(0, extract(epoch from ${of.asOf}::timestamptz - created_at)) / 604800)))::bigint score
      from (select * from hits where search @@ (select query from asked) union all select * from newest) one where fits and chat_id in (select id from mine))
    select p.id, p.score, t.total
    from (select case when not (select is_cut from cut) then (select count(*)::integer from found) end total) t
    left join (select * from found where ${of.after ? sql`(score, id) < (${of.after.score}::bigint, ${of.after.id}::uuid)` : sql`true`}
      order by score desc, id desc limit ${of.limit}) p on true
    order by p.score desc, p.id desc`
}

// The index knows no order of words: it gives all messages that hold them, and each is looked at. So that a phrase of common
// words costs no more than others, these are counted, not only the few where the words stand in order.
const order = sql.raw(`'<(-|\\d+)>'`)
const anyOrder = (query: SQL): SQL => sql`regexp_replace(${query}::text, ${order}, '&', 'g')::tsquery`
const withoutPhrases = (query: SQL): SQL =>
  sql`case when ${query}::text ~ ${order} then ''::tsquery else !!${query} end`

/** Messages by their words, the best first. */
export async function searchMessages(db: Db, of: MessageSearch): Promise<{ found: Found[]; total: number | null }> {
  const { rows } = await db.execute<{ id: string | null; score: string; total: number | null }>(searchSql(of))
  const found = rows.flatMap(({ id, score }) => (id === null ? [] : [{ id, score: Number(score) }]))
  return { found, total: rows[0]?.total ?? null }
}

/** The texts of found messages, or the names of their files, with what was searched for marked in them; null for one that is gone. */
export async function headlines(db: Db, args: { query: string; ids: readonly string[] }): Promise<(Span[] | null)[]> {
  if (!args.ids.length) return []
  const { rows } = await db.execute<{ id: string } & Pick<Marked, keyof Marked>>(headlineSql(args.query, args.ids))
  const byId = new Map(rows.map(row => [row.id, headlineOf(row)]))
  return args.ids.map(id => byId.get(id) ?? null)
}

const headlineSql = (query: string, ids: readonly string[]): SQL => {
  const options = sql`'HighlightAll=true,StartSel="' || chr(2) || '",StopSel="' || chr(3) || '"'`
  const marked = (config: 'russian' | 'simple', text: SQL) =>
    sql`ts_headline(${sql.raw(`'${config}'`)}, ${text}, w.wanted, ${options})`
  const body = sql`coalesce(m.body, '')`
  const names = sql`coalesce(m.file_names, '')`
  return sql`select m.id, ${body} body, ${names} names,
      array[${marked('russian', folded(body))}, ${marked('simple', apart(body))}] "bodyMarks",
      array[${marked('russian', folded(names))}, ${marked('russian', apart(names))}, ${marked('simple', apart(names))}] "nameMarks"
    from ${messages} m, (select ${wordsOf(query).wanted} wanted) w
    where m.id in (${sql.join(
      ids.map(id => sql`${id}::uuid`),
      sql`, `,
    )}) and m.deleted_at is null and (m.body is not null or m.file_names is not null)`
}

/** Author and weeks as the index knows them. */
function placesOf({ authorId, sentAfter, sentBefore }: MessageSearch): SQL {
  const author = authorId ? sql`${lexeme('u', sql`${authorId}::text`)}::tsquery` : sql`''::tsquery`
  const [first, last] = [weekOf(sentAfter ?? new Date(0)), weekOf(sentBefore ?? new Date(Date.now() + 604_800_000))]
  if (last < first || last - first >= searchLimits.weeks) return author
  const weeks = Array.from({ length: last - first + 1 }, (_, i) => `'#w${first + i}'`).join('|')
  return sql`${author} && ${weeks}::tsquery`
}
const weekOf = (at: Date) => Math.floor(at.getTime() / 604_800_000)
const lexeme = (kind: 'c' | 'u', id: SQL): SQL =>
  sql`('''#' || ${sql.raw(`'${kind}'`)} || replace(${id}::text, '-', '') || '''')`

const and = (...conditions: (SQL | false | null)[]): SQL => {
  const given = conditions.filter(condition => condition !== false && condition !== null)
  return given.length ? sql.join(given, sql` and `) : sql`true`
}
