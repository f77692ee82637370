import { builder } from '../../../graph/builder.ts'
import { badInput, type Connection, cursorOf, PageInfo, pageOf, searchOf } from '../../../graph/connection.ts'
import { type Context, viewerOf } from '../../../graph/context.ts'
import { parseGlobalId } from '../../../graph/node.ts'
import { pace } from '../../../graph/pace.ts'
import { headlines, type MessageFeature, type MessageView, type Span, searchMessages } from '../queries/index.ts'
import { Message, myMessage } from './message.ts'

// Full text over what the viewer may see now.

const MessageFeatureEnum = builder.enumType('MessageFeature', {
  description: 'Something that a message may have.',
  values: {
    FILE: { description: 'A file.' },
    IMAGE: { description: 'A file that is a picture.' },
    LINK: { description: 'An address of a page.' },
    REACTION: { description: 'A reaction.' },
  } satisfies Record<MessageFeature, { description: string }>,
})

const MessageSearchFilter = builder.inputType('MessageSearchFilter', {
  description: 'Which messages: all of this at once.',
  fields: t => ({
    chatId: t.id({ description: 'Only in this Chat.' }),
    companyId: t.id({ description: 'Only in chats of this Company.' }),
    authorId: t.id({ description: 'Only by this User.' }),
    sentAfter: t.field({ type: 'DateTime', description: 'Sent then or later.' }),
    sentBefore: t.field({ type: 'DateTime', description: 'Sent before then.' }),
    has: t.field({ type: [MessageFeatureEnum], description: 'With all of these.' }),
  }),
})
type Filter = typeof MessageSearchFilter.$inferInput

const TextSpan = builder.objectRef<Span>('TextSpan').implement({
  description: 'A piece of a text. Show it as text: whatever looks like markup in it was written by somebody.',
  fields: t => ({
    text: t.exposeString('text', { description: 'The piece.' }),
    highlighted: t.exposeBoolean('highlighted', { description: 'Whether it is what was searched for.' }),
  }),
})

interface FoundEdge {
  cursor: string
  node: MessageView
  snippet: readonly Span[]
}
interface FoundPage {
  edges: readonly FoundEdge[]
  pageInfo: Connection<unknown>['pageInfo']
  totalCount: number | null
}

const MessageSearchEdge = builder.objectRef<FoundEdge>('MessageSearchEdge').implement({
  description: 'A message that was found.',
  fields: t => ({
    cursor: t.exposeString('cursor', { description: 'Opaque: give it to `after`.' }),
    node: t.field({ type: Message, description: 'The message.', resolve: e => e.node }),
    snippet: t.field({
      type: [TextSpan],
      description:
        'A piece of its text around what was found, or of the name of a file where only that has it; at most 200 characters.',
      resolve: e => [...e.snippet],
    }),
  }),
})
const MessageSearchConnection = builder.objectRef<FoundPage>('MessageSearchConnection').implement({
  description: 'A page of messages that were found, the best first.',
  fields: t => ({
    edges: t.field({ type: [MessageSearchEdge], description: 'What was found.', resolve: c => [...c.edges] }),
    pageInfo: t.field({ type: PageInfo, description: 'Whether there is more.', resolve: c => c.pageInfo }),
    totalCount: t.exposeInt('totalCount', {
      nullable: true,
      description: 'How many there are in all; null when there are too many to count.',
    }),
  }),
})

const paced = pace(100, 10_000)

builder.queryField('messageSearch', t =>
  t.field({
    type: MessageSearchConnection,
    nullable: true,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description:
      'Messages by their words and by the names of their files, in chats that you are in, the best and newest first. Words are found in all their forms, in Russian and English; the last one may be the beginning of a word; "words in quotes" stand one after the other; a -word must not be there.',
    args: {
      query: t.arg.string({ required: true, description: 'What to look for, at most 200 characters.' }),
      filter: t.arg({ type: MessageSearchFilter, description: 'Where to look.' }),
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: (_, args, ctx) => search(ctx, args),
  }),
)

interface Args {
  query: string
  filter?: Filter | null | undefined
  first?: number | null | undefined
  after?: string | null | undefined
}

async function search(ctx: Context, { query: typed, filter, ...args }: Args): Promise<FoundPage> {
  const { userId } = viewerOf(ctx)
  paced(userId)
  const query = searchOf(typed)
  const list = `search.${JSON.stringify([query, filter ?? {}])}`
  const page = pageOf(ctx, list, args)
  const [score, id, asOf] = page.from ?? []
  if (page.from && !(Number.isSafeInteger(score) && Number.isSafeInteger(asOf)))
    throw badInput('This cursor is not of this list.')
  const chatId = innerId('Chat', filter?.chatId)
  const companyId = innerId('Company', filter?.companyId)
  const authorId = innerId('User', filter?.authorId)
  if (query === null || chatId === undefined || companyId === undefined || authorId === undefined) return nothing
  const at = page.from ? Number(asOf) : Date.now()
  const { found, total } = await ctx.ask(searchMessages, {
    ...{ userId, query, chatId, companyId, authorId },
    sentAfter: filter?.sentAfter ?? null,
    sentBefore: filter?.sentBefore ?? null,
    has: filter?.has ?? [],
    asOf: new Date(at),
    after: page.from ? { score: Number(score), id: String(id) } : null,
    limit: page.limit + 1,
  })
  const shown = found.slice(0, page.limit)
  const snippets = await ctx.ask(headlines, { query, ids: shown.map(one => one.id) })
  // The right to see a message is looked at once more, after its text was read.
  const nodes = await Promise.all(shown.map(one => myMessage(ctx, one.id)))
  const edges = shown.flatMap((one, i): FoundEdge[] => {
    const [node, snippet] = [nodes[i], snippets[i]]
    return node && snippet ? [{ cursor: cursorOf(ctx, list, [one.score, one.id, at]), node, snippet }] : []
  })
  const pageInfo = {
    hasNextPage: found.length > page.limit,
    hasPreviousPage: page.from !== null,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  }
  return { edges, pageInfo, totalCount: total }
}

const nothing: FoundPage = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  totalCount: 0,
}

/** The inner id of a filter; null when it is left out, undefined for what is no id of that type: nothing is there. */
function innerId(type: string, id: string | null | undefined): string | null | undefined {
  if (id == null) return null
  const parsed = parseGlobalId(id)
  return parsed?.type === type ? parsed.id : undefined
}
