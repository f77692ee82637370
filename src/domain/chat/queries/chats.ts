import { and, desc, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { batchedOne } from '../../../kernel/batched.ts'
import { oncePer } from '../../../kernel/once.ts'
import type { ChatKind } from '../events.ts'
import { chats, participants } from '../tables.ts'
import { finder, given, isGiven } from './rows.ts'
import { hasUnread } from './unread.ts'

type Db = NodePgDatabase

/** A chat, the same for all who see it. */
export interface ChatView {
  nodeType: 'Chat'
  id: string
  version: number
  kind: ChatKind
  title: string | null
  avatarFileId: string | null
  /** Of a DIRECT chat: its two people, joined by a dot. */
  pair: string | null
  /** Of a COMPANY chat. */
  companyId: string | null
  createdAt: Date
  archivedAt: Date | null
  deletedAt: Date | null
  lastActivityAt: Date
}

const chatColumns = {
  id: chats.id,
  version: chats.version,
  kind: chats.kind,
  title: chats.title,
  avatarFileId: chats.avatarFileId,
  pair: chats.pair,
  companyId: chats.companyId,
  createdAt: chats.createdAt,
  archivedAt: chats.archivedAt,
  deletedAt: chats.deletedAt,
  lastActivityAt: chats.lastActivityAt,
}
const toChat = (row: Omit<ChatView, 'nodeType'>): ChatView => ({ nodeType: 'Chat', ...row })

const byId = oncePer((db: Db) => {
  const statement = db.select(chatColumns).from(chats).where(isGiven(chats.id)).prepare('chats_by_ids')
  return finder(
    ids => statement.execute({ ids }),
    row => row.id,
    toChat,
  )
})

/** Chats by id, also deleted ones; null where there is none. */
export const chatsByIds = (db: Db, ids: readonly string[]): Promise<(ChatView | null)[]> => byId(db)(ids)

/** Which people a page of chats is of, and which chats. */
export interface ChatsPage {
  userId: string
  archived: boolean | null
  unread: boolean | null
  kind: ChatKind | null
  title: string | null
  companyId: string | null
  /** The last chat of the page before: its activity and its id. */
  after: { lastActivityAt: Date; id: string } | null
  limit: number
}

/** Pages that one statement answers, and what each of them asks for. */
const asked = sql`jsonb_to_recordset(${given('pages')}::jsonb) as asked(n int, "userId" uuid, kind text, title text,
  "companyId" uuid, at timestamptz, id uuid, "limit" int)`
const of = (name: string) => sql`asked.${sql.identifier(name)}`
/** So many people wait for each other's pages. */
const mostPages = 16

/** One statement for each kind of filter: ids as one text a page, since many rows cost the driver more. */
function pagesFor(db: Db, { archived, unread, kind, title, companyId, after }: ChatsPage) {
  const page = db
    .select({ id: chats.id })
    .from(participants)
    .innerJoin(chats, eq(chats.id, participants.chatId))
    .where(
      and(
        eq(participants.userId, of('userId')),
        isNull(participants.leftAt),
        isNull(chats.deletedAt),
        archived === null ? undefined : archived ? isNotNull(chats.archivedAt) : isNull(chats.archivedAt),
        companyId === null ? undefined : eq(chats.companyId, of('companyId')),
        kind === null ? undefined : eq(chats.kind, of('kind')),
        title === null ? undefined : sql`position(lower(${of('title')}) in lower(${chats.title})) > 0`,
        unread === null ? undefined : unread ? hasUnread : sql`not ${hasUnread}`,
        after === null
          ? undefined
          : or(lt(chats.lastActivityAt, of('at')), and(eq(chats.lastActivityAt, of('at')), lt(chats.id, of('id')))),
      ),
    )
    .orderBy(desc(chats.lastActivityAt), desc(chats.id))
    .limit(of('limit') as never) // drizzle knows numbers and placeholders; PostgreSQL takes a column of what is outside
  const ids = sql<string>`array_to_string(array(${page}), ',')`
  return db.select({ n: sql<number>`asked.n`, ids }).from(asked)
}

function pagesBy(db: Db, name: string, like: ChatsPage) {
  const statement = pagesFor(db, like).prepare(name)
  return batchedOne(async pages => {
    const rows = await statement.execute({
      pages: JSON.stringify(pages.map((page, n) => ({ ...JSON.parse(page), n }))),
    })
    return new Map(rows.map(({ n, ids }) => [pages[n] ?? '', ids ? ids.split(',') : []]))
  }, mostPages)
}
const pages = oncePer((_: Db) => new Map<string, ReturnType<typeof pagesBy>>())

/** Ids of one's chats, the latest activity first. */
export function chatIdsOf(db: Db, page: ChatsPage): Promise<string[]> {
  const { userId, archived, unread, kind, title, companyId, after, limit } = page
  const name = `chats_page_${[archived, unread, kind !== null, title !== null, companyId !== null, after !== null].join('_')}`
  const ask = pages(db).get(name) ?? pagesBy(db, name, page)
  pages(db).set(name, ask)
  return ask(JSON.stringify({ userId, kind, title, companyId, at: after?.lastActivityAt, id: after?.id, limit }))
}

/** Ids of all chats that one is in now, also deleted ones: their deletion has to be told. */
export async function chatIdsIn(db: Db, userId: string): Promise<string[]> {
  const rows = await db
    .select({ id: participants.chatId })
    .from(participants)
    .where(and(eq(participants.userId, userId), isNull(participants.leftAt)))
  return rows.map(row => row.id)
}

/** The live DIRECT chat of a pair. */
export async function directChat(db: Db, pair: string): Promise<string | null> {
  const [row] = await db
    .select({ id: chats.id })
    .from(chats)
    .where(and(eq(chats.pair, pair), isNull(chats.deletedAt)))
  return row?.id ?? null
}

/** Chats of a company that are there; `userId`: only those that this person is in. */
export async function companyChatIds(db: Db, args: { companyId: string; userId: string | null }): Promise<string[]> {
  const isIn = sql`exists (select from ${participants} where ${participants.chatId} = ${chats.id}
    and ${participants.userId} = ${args.userId} and ${participants.leftAt} is null)`
  const rows = await db
    .select({ id: chats.id })
    .from(chats)
    .where(and(eq(chats.companyId, args.companyId), isNull(chats.deletedAt), args.userId === null ? undefined : isIn))
  return rows.map(row => row.id)
}

/** Chats that are there, archived or not, and that somebody is in now: at most `limit`. */
export async function chatIdsToLeave(db: Db, args: { userId: string; limit: number }): Promise<string[]> {
  const rows = await db
    .select({ id: chats.id })
    .from(participants)
    .innerJoin(chats, and(eq(chats.id, participants.chatId), isNull(chats.deletedAt)))
    .where(and(eq(participants.userId, args.userId), isNull(participants.leftAt)))
    .limit(args.limit)
  return rows.map(row => row.id)
}
