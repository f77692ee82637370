import { builder } from '../../../graph/builder.ts'
import { pageOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, load } from '../../../graph/context.ts'
import { type ReadersPage, readersOf } from '../queries/index.ts'
import { Message } from './message.ts'
import { ParticipantList, participantCursor, participants } from './participant.ts'

const readers: Batch<string, string[]> = (ctx, keys) =>
  ctx.ask(
    readersOf,
    keys.map(key => JSON.parse(key) as ReadersPage),
  )

builder.objectField(Message, 'readBy', t =>
  t.field({
    type: ParticipantList.connection,
    nullable: true,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Who has read it, of those who are in the chat now, without its author; by when they came.',
    args: {
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: async (m, args, ctx) => {
      const list = `readBy.${m.id}`
      const page = pageOf(ctx, list, args)
      const [sequence, userId] = page.from ?? []
      const after = page.from && { sequence: Number(sequence), userId: String(userId) }
      const { chatId, authorId } = m
      const wanted: ReadersPage = { chatId, authorId, sequence: m.sequence, after, limit: page.limit + 1 }
      const ids = await load(ctx, readers, JSON.stringify(wanted))
      const rows = await Promise.all(ids.slice(0, page.limit).map(id => load(ctx, participants, id)))
      const there = rows.filter(row => row !== null)
      return toConnection(ctx, list, page, there, ids.length > page.limit, participantCursor)
    },
  }),
)
