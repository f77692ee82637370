import { builder } from '../../../graph/builder.ts'
import { connectionType } from '../../../graph/connection.ts'
import { type Batch, type Context, load } from '../../../graph/context.ts'
import { Node } from '../../../graph/node.ts'
import type { Variant } from '../../../port/files.ts'
import { type FileView, filesByIds } from '../queries.ts'

/** Files by id; null for those that are deleted. */
export const files: Batch<string, FileView | null> = (ctx, ids) => ctx.ask(filesByIds, ids)

/** A file that one owns; null for any other. */
export async function ownFile(ctx: Context, id: string, userId: string): Promise<FileView | null> {
  const file = await load(ctx, files, id)
  return file?.ownerId === userId ? file : null
}

const FileState = builder.enumType('FileState', {
  description: 'How far a file is.',
  values: {
    PENDING: { description: 'Announced. Its bytes may be on their way.' },
    READY: { description: 'Its bytes are here, and are what was announced.' },
    REJECTED: { description: 'It is not what was announced: see `rejectionReason`.' },
  } satisfies Record<FileView['state'], { description: string }>,
})

/** Where a client fetches a variant of a file; null where there is none. */
const addressOf = async (ctx: Context, { id, state }: FileView, variant: Variant) =>
  state === 'READY' ? ctx.files.downloadUrl({ base: ctx.baseUrl, id, variant }) : null

export const File = builder.objectRef<FileView>('File').implement({
  description: 'Something that somebody sent besides words.',
  interfaces: [Node],
  fields: t => ({
    name: t.exposeString('name', { description: 'As its sender calls it: one line, no path.' }),
    contentType: t.exposeString('contentType', {
      description: 'What it was announced as, and when READY what it is, such as image/png.',
    }),
    size: t.exposeInt('size', { description: 'Bytes.' }),
    state: t.field({ type: FileState, description: 'Whether it can be fetched.', resolve: f => f.state }),
    rejectionReason: t.exposeString('rejectionReason', {
      nullable: true,
      description: 'Why it was rejected, in words for people.',
    }),
    width: t.exposeInt('width', { nullable: true, description: 'Of a picture, in pixels, as it is shown.' }),
    height: t.exposeInt('height', { nullable: true, description: 'Of a picture, in pixels, as it is shown.' }),
    durationMs: t.exposeInt('durationMs', {
      nullable: true,
      description: 'Of sound, and of video with sound, in milliseconds; null when the file does not tell.',
    }),
    previewHash: t.exposeString('previewHash', {
      nullable: true,
      description: 'Of a picture, a tiny one as a `data:` URL, to be shown until the real one is there.',
    }),
    url: t.field({
      type: 'URL',
      nullable: true,
      description: 'Where it can be fetched until `urlExpiresAt`, by whoever has the address; null unless READY.',
      resolve: async (f, _, ctx) => (await addressOf(ctx, f, 'original'))?.url ?? null,
    }),
    thumbnailUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'Of a picture, a WebP of at most 320 pixels a side, until `urlExpiresAt`.',
      resolve: async (f, _, ctx) => (f.thumbnail && (await addressOf(ctx, f, 'thumbnail'))?.url) || null,
    }),
    urlExpiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the addresses stop to work, in five minutes at most: ask for the file again then.',
      resolve: async (f, _, ctx) => (await addressOf(ctx, f, 'original'))?.expiresAt ?? null,
    }),
  }),
})

export const FileList = connectionType('File', File)
