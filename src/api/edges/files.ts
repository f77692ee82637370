import { Chat, Message } from '../../domain/chat/graphql/index.ts'
import { chatAvatars, filesOfMessages, filesSeenBy, sharedFilesOf } from '../../domain/chat/queries/index.ts'
import { File, FileList, files } from '../../domain/file/graphql/index.ts'
import type { FileView } from '../../domain/file/queries.ts'
import { User, users } from '../../domain/userAccount/graphql/index.ts'
import { userAvatars } from '../../domain/userAccount/queries.ts'
import { builder, viewerField } from '../../graph/builder.ts'
import { pageOf, toConnection } from '../../graph/connection.ts'
import { type Batch, type Context, load, viewerOf } from '../../graph/context.ts'
import { nodeType } from '../../graph/node.ts'

// Files where they are sent: a file is for its owner, and for whoever may read a message that holds it, or see whose picture it is.

const seen: Batch<string, boolean> = async (ctx, fileIds) => {
  const { userId } = viewerOf(ctx)
  const found = await Promise.all([
    ctx.ask(filesSeenBy, { userId, fileIds }),
    ctx.ask(chatAvatars, { userId, fileIds }),
    ctx.ask(userAvatars, fileIds), // who is signed in sees people, and their pictures
  ])
  const all = new Set(found.flat())
  return fileIds.map(id => all.has(id))
}

async function myFile(ctx: Context, id: string): Promise<FileView | null> {
  const file = await load(ctx, files, id)
  if (!file) return null
  return file.ownerId === viewerOf(ctx).userId || (await load(ctx, seen, id)) ? file : null
}
nodeType('File', myFile)

/** Files by id, in order, without those that their owner deleted. */
async function those(ctx: Context, ids: readonly string[]): Promise<FileView[]> {
  const found = await Promise.all(ids.map(id => load(ctx, files, id)))
  return found.filter(file => file !== null)
}

const ofMessages: Batch<string, string[]> = (ctx, ids) => ctx.ask(filesOfMessages, ids)

builder.objectField(Message, 'files', t =>
  t.field({
    type: [File],
    complexity: { field: 1, multiplier: 10 },
    description: 'Its files, in order, at most 10; none when it is deleted. One that its owner deleted is left out.',
    resolve: async (m, _, ctx) => those(ctx, m.contentKind === 'FILES' ? await load(ctx, ofMessages, m.id) : []),
  }),
)

builder.objectField(Chat, 'sharedFiles', t =>
  t.field({
    type: FileList.connection,
    nullable: true,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Files of its messages, the newest first, each once.',
    args: {
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: async (c, args, ctx) => {
      const list = `files.${c.id}`
      const page = pageOf(ctx, list, args)
      const after = page.from && { sequence: Number(page.from[0]), place: Number(page.from[1]) }
      const rows = await ctx.ask(sharedFilesOf, { chatId: c.id, after, limit: page.limit + 1 })
      const shown = rows.slice(0, page.limit)
      const found = await Promise.all(shown.map(async row => ({ ...row, file: await load(ctx, files, row.fileId) })))
      const { edges, pageInfo } = toConnection(ctx, list, page, found, rows.length > page.limit, row => [
        row.sequence,
        row.place,
      ])
      // What their owner deleted is left out; the cursors go on over it.
      return { edges: edges.flatMap(({ cursor, node }) => (node.file ? [{ cursor, node: node.file }] : [])), pageInfo }
    },
  }),
)

const picture = (ctx: Context, fileId: string | null) => (fileId ? load(ctx, files, fileId) : null)

builder.objectField(User, 'avatar', t =>
  t.field({
    type: File,
    nullable: true,
    description: 'Their picture.',
    resolve: (u, _, ctx) => picture(ctx, u.avatarFileId),
  }),
)

builder.objectField(Chat, 'avatar', t =>
  t.field({
    ...viewerField,
    type: File,
    nullable: true,
    description: 'The picture of a group, or of the other person.',
    resolve: async (c, _, ctx) => {
      if (!c.pair) return picture(ctx, c.avatarFileId)
      const { userId } = viewerOf(ctx)
      const other = c.pair.split('.').find(id => id !== userId)
      return picture(ctx, (other && (await load(ctx, users, other))?.avatarFileId) || null)
    },
  }),
)
