import {
  Chat,
  ChatFilter,
  ChatList,
  ChatParticipant,
  Message,
  MessageEntity,
  myChats,
  ParticipantFilter,
  ParticipantList,
  ParticipantRemoved,
  participantsPage,
  reactorsPage,
  SystemNote,
  TypingChanged,
  unreadTotalsOf,
  withViewer,
} from '../domain/chat/graphql/index.ts'
import { participantIdsOf } from '../domain/chat/queries/index.ts'
import { User, users, Viewer, viewerView } from '../domain/userAccount/graphql/index.ts'
import { usersNamed } from '../domain/userAccount/queries.ts'
import { builder, viewerField } from '../graph/builder.ts'
import { connectionType, searchOf } from '../graph/connection.ts'
import { type Context, load, viewerOf } from '../graph/context.ts'
import { DomainEvent } from '../graph/stream.ts'
import { nobody, system } from '../kernel/id.ts'
import { userOf } from './edges/users.ts'

// Where domains meet: fields of one that lead to nodes of another. They live above both, so that neither knows the other.

async function me(ctx: Context) {
  const viewer = await viewerView(ctx, viewerOf(ctx).userId)
  if (!viewer) throw new Error('an account without its row')
  return viewer
}

builder.interfaceField(DomainEvent, 'actor', t =>
  t.field({
    type: User,
    nullable: true,
    description: 'Who did it; null for the system, and for somebody who was not signed in.',
    resolve: (e, _, ctx) =>
      e.actorId && e.actorId !== nobody && e.actorId !== system ? load(ctx, users, e.actorId) : null,
  }),
)

const MessageAuthor = builder.unionType('MessageAuthor', {
  description: 'Who can write.',
  types: [User],
  resolveType: view => view.nodeType,
})

builder.objectField(Message, 'author', t =>
  t.field({
    type: MessageAuthor,
    nullable: true,
    description: 'Who wrote it; null for what the system noted.',
    resolve: (m, _, ctx) => (m.authorId ? load(ctx, users, m.authorId) : null),
  }),
)

const MessageAuthorList = connectionType('MessageAuthor', MessageAuthor as never as typeof User)

builder.objectField(SystemNote, 'subject', t =>
  t.field({
    type: MessageAuthor,
    nullable: true,
    description: 'Whom it is about: who came or went, or who did it.',
    resolve: (n, _, ctx) => (n.subjectId ? load(ctx, users, n.subjectId) : null),
  }),
)

builder.objectField(Message, 'reactors', t =>
  t.field({
    type: MessageAuthorList.connection,
    nullable: true,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Who reacted with an emoji, the first ones first.',
    args: {
      emoji: t.arg.string({ required: true, description: 'One emoji.' }),
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: async (m, args, ctx) => {
      const { edges, pageInfo } = await reactorsPage(ctx, m, args)
      const reacted = edges.map(async ({ node, cursor }) => ({ node: await userOf(ctx, node.userId), cursor }))
      return { edges: await Promise.all(reacted), pageInfo }
    },
  }),
)

builder.objectField(Message, 'mentions', t =>
  t.field({
    type: [User],
    description: 'Whom it mentions, also those who left since; nobody when it is deleted.',
    resolve: async (m, _, ctx) => {
      const mentioned = await Promise.all(m.mentions.map(id => load(ctx, users, id)))
      return mentioned.filter(user => user !== null)
    },
  }),
)

builder.objectField(MessageEntity, 'user', t =>
  t.field({
    type: User,
    nullable: true,
    description: 'Whom a MENTION names.',
    resolve: (e, _, ctx) => (e.userId ? load(ctx, users, e.userId) : null),
  }),
)

builder.objectField(ChatParticipant, 'user', t =>
  t.field({ type: User, description: 'Who it is.', resolve: (p, _, ctx) => userOf(ctx, p.userId) }),
)

builder.objectField(Chat, 'participants', t =>
  t.field({
    type: ParticipantList.connection,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Who is in it now, by when they came.',
    args: {
      filter: t.arg({ type: ParticipantFilter, description: 'Which people.' }),
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: async (c, { filter, ...args }, ctx) => {
      const query = searchOf(filter?.query)
      const userIds =
        query === null ? null : await ctx.ask(usersNamed, { query, ids: await ctx.ask(participantIdsOf, c.id) })
      return participantsPage(ctx, c.id, { ...args, roles: filter?.role ?? null, userIds })
    },
  }),
)

builder.objectField(ParticipantRemoved, 'user', t =>
  t.field({ type: User, description: 'Who it was.', resolve: (e, _, ctx) => userOf(ctx, e.userId) }),
)

builder.objectField(TypingChanged, 'user', t =>
  t.field({ type: User, description: 'Who it is.', resolve: (e, _, ctx) => userOf(ctx, e.userId) }),
)

/** The other person of a DIRECT chat. */
const peerOf = (ctx: Context, pair: string | null) => {
  const { userId } = viewerOf(ctx)
  const other = pair?.split('.').find(id => id !== userId)
  return other ? load(ctx, users, other) : null
}

const nameOfPeer = async (ctx: Context, pair: string | null) => (await peerOf(ctx, pair))?.displayName ?? ''

builder.objectFields(Chat, t => ({
  peer: t.field({
    ...viewerField,
    type: User,
    nullable: true,
    description: 'The other person of a direct chat.',
    resolve: (c, _, ctx) => peerOf(ctx, c.pair),
  }),
  title: t.string({
    ...viewerField,
    description: 'The title of a group, or the name of the other person.',
    resolve: (c, _, ctx) => c.title ?? nameOfPeer(ctx, c.pair),
  }),
}))

builder.objectFields(Viewer, t => ({
  unreadCount: t.int({
    description: 'Unread messages, over all chats that are not muted.',
    resolve: async (v, _, ctx) => (await load(ctx, unreadTotalsOf, v.id)).messages,
  }),
  unreadChatCount: t.int({
    description: 'Chats with something unread; without the muted ones.',
    resolve: async (v, _, ctx) => (await load(ctx, unreadTotalsOf, v.id)).chats,
  }),
  chats: t.field({
    type: ChatList.connection,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Your chats, the latest activity first.',
    args: {
      filter: t.arg({ type: ChatFilter, description: 'Which of them; those in use when left out.' }),
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: (_, args, ctx) => myChats(ctx, args),
  }),
}))

for (const ref of withViewer)
  builder.objectField(ref, 'viewer', t =>
    t.field({ type: Viewer, description: 'You, with your totals as they are now.', resolve: (_, __, ctx) => me(ctx) }),
  )
