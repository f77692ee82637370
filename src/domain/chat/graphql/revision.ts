import { builder } from '../../../graph/builder.ts'
import { connectionType, pageOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, load } from '../../../graph/context.ts'
import { decode } from '../../../kernel/codec.ts'
import { chatEvents, type MessageEntity as Entity } from '../events.ts'
import { type EditsPage, editsOf } from '../queries/index.ts'
import { MessageEntity } from './entity.ts'
import { Message } from './message.ts'

// What a message said before it was edited. Rows know only when: the texts are read from the log, where they can be erased.

interface RevisionView {
  body: string
  entities: readonly Entity[]
  replacedAt: Date
  /** Revision, in the chat, of the edit that replaced it. */
  replacedBy: number
}

const MessageRevision = builder.objectRef<RevisionView>('MessageRevision').implement({
  description: 'What a message said before an edit.',
  fields: t => ({
    body: t.exposeString('body', { description: 'The text as it was.' }),
    entities: t.field({
      type: [MessageEntity],
      description: 'Parts of that text that mean something.',
      resolve: r => [...r.entities],
    }),
    replacedAt: t.field({ type: 'DateTime', description: 'When it was edited.', resolve: r => r.replacedAt }),
  }),
})
const RevisionList = connectionType('MessageRevision', MessageRevision)

interface Wanted extends EditsPage {
  chatId: string
}
interface Found {
  revisions: RevisionView[]
  more: boolean
}

/** Pages of earlier texts, by what is wanted as JSON: an edit replaced what the edit before it said, or what was sent. */
const pages: Batch<string, Found> = async (ctx, keys) => {
  const wanted = keys.map(key => JSON.parse(key) as Wanted)
  const edits = await ctx.ask(
    editsOf,
    wanted.map(({ messageId, after, limit }) => ({ messageId, after, limit: limit + 1 })),
  )
  const steps = wanted.map(({ chatId, after, limit }, i) =>
    (edits[i] ?? []).slice(0, limit).map((edit, k, all) => {
      const replaced = all[k - 1]?.revision ?? after
      return { ...edit, replaced, place: { stream: `chat-${chatId}`, revision: replaced } }
    }),
  )
  const raw = await ctx.store.readSome(steps.flat().map(step => step.place))
  const said = new Map(raw.map(e => [`${e.stream}@${e.revision}`, decode(chatEvents, e).personal]))
  return wanted.map(({ limit }, i) => ({
    revisions: (steps[i] ?? []).flatMap(({ editedAt, revision, place }) => {
      const text = said.get(`${place.stream}@${place.revision}`) as
        | { body: string | null; entities: Entity[] }
        | null
        | undefined
      return text
        ? [{ body: text.body ?? '', entities: text.entities, replacedAt: editedAt, replacedBy: revision }]
        : []
    }),
    more: (edits[i]?.length ?? 0) > limit,
  }))
}

builder.objectField(Message, 'revisions', t =>
  t.field({
    type: RevisionList.connection,
    nullable: true,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'What it said before its edits, the oldest first; nothing when it is deleted or erased.',
    args: {
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: async (m, args, ctx) => {
      const list = `revisions.${m.id}`
      const page = pageOf(ctx, list, args)
      const after = page.from ? Number(page.from[0]) : m.sequence
      const wanted: Wanted = { chatId: m.chatId, messageId: m.id, after, limit: page.limit }
      const none = m.deletedAt || !m.editedAt
      const found = none ? { revisions: [], more: false } : await load(ctx, pages, JSON.stringify(wanted))
      return toConnection(ctx, list, page, found.revisions, found.more, r => [r.replacedBy])
    },
  }),
)
