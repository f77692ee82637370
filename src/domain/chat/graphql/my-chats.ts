import { builder } from '../../../graph/builder.ts'
import { badInput, pageOf, searchOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, type Context, load, viewerOf } from '../../../graph/context.ts'
import { parseGlobalId } from '../../../graph/node.ts'
import { nobody } from '../../../kernel/id.ts'
import { ChatKind } from '../events.ts'
import { chatIdsOf, unreadTotals } from '../queries/index.ts'
import { ChatKindEnum, type ChatView, chats } from './chat.ts'

export const ChatFilter = builder.inputType('ChatFilter', {
  description: 'Which of your chats.',
  fields: t => ({
    query: t.string({ description: 'Part of the title of a group, in upper or lower case.' }),
    archived: t.boolean({
      defaultValue: false,
      description: 'False: those in use; true: the archived ones; null: both.',
    }),
    unread: t.boolean({ description: 'True: only with something unread; false: only without.' }),
    kind: t.field({ type: ChatKindEnum, description: 'Only of this kind.' }),
    companyId: t.id({ description: 'Only of this Company.' }),
  }),
})
type Filter = typeof ChatFilter.$inferInput

/** What is no id of a company is of none of the viewer's chats, as one of somebody else's. */
const companyOf = (id: string | null | undefined): string | null =>
  id == null ? null : (companyIdIn(parseGlobalId(id)) ?? nobody)
const companyIdIn = (parsed: { type: string; id: string } | null) => (parsed?.type === 'Company' ? parsed.id : null)

/** A page of the viewer's chats, for the field that the edges add to Viewer. */
export async function myChats(
  ctx: Context,
  args: { filter?: Filter | null | undefined; first?: number | null | undefined; after?: string | null | undefined },
) {
  const { userId } = viewerOf(ctx)
  const { filter } = args
  const kind = filter?.kind ? ChatKind.parse(filter.kind) : null
  const archived = filter ? (filter.archived === undefined ? false : filter.archived) : false
  const which = {
    archived,
    unread: filter?.unread ?? null,
    kind,
    title: searchOf(filter?.query),
    companyId: companyOf(filter?.companyId),
  }
  const list = `chats.${JSON.stringify(which)}`
  const page = pageOf(ctx, list, args)
  const [activity, id] = page.from ?? []
  if (page.from && Number.isNaN(Number(activity))) throw badInput('This cursor is not of this list.')
  const after = page.from ? { lastActivityAt: new Date(Number(activity)), id: String(id) } : null
  const found = await ctx.ask(chatIdsOf, { userId, ...which, after, limit: page.limit + 1 })
  const views = await Promise.all(found.slice(0, page.limit).map(id => load(ctx, chats, id)))
  const rows = views.filter(view => view !== null)
  return toConnection(ctx, list, page, rows, found.length > page.limit, chatCursor)
}
export const chatCursor = (chat: ChatView) => [chat.lastActivityAt.getTime(), chat.id]
/** The list that edges outside of a page (a payload's, an event's) name: the viewer's chats without a filter. */
export const allMyChats = 'chats.{"archived":false,"unread":null,"kind":null,"title":null,"companyId":null}'

export const unreadTotalsOf: Batch<string, { messages: number; chats: number }> = (ctx, userIds) =>
  Promise.all(userIds.map(id => ctx.ask(unreadTotals, id)))
