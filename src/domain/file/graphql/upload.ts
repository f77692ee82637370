import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { type Context, load, Refused, viewerOf } from '../../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../../graph/errors.ts'
import { globalId, idOf } from '../../../graph/node.ts'
import { newId } from '../../../kernel/id.ts'
import { idOf as idOfStream } from '../../../kernel/message.ts'
import { reject } from '../../../kernel/reject.ts'
import type { Commit } from '../../../port/event-store.ts'
import { AlreadyStored, keyOf, type UploadTarget as Target } from '../../../port/files.ts'
import { Busy, type Finding } from '../../../port/media.ts'
import type { FileView } from '../queries.ts'
import { File, files, ownFile } from './file.ts'

// How a file comes: announced, sent to its target, looked into.

const HttpHeader = builder.objectRef<Target['headers'][number]>('HttpHeader').implement({
  description: 'A header of an HTTP request.',
  fields: t => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    value: t.exposeString('value', { description: 'Its value.' }),
  }),
})
const UploadTarget = builder.objectRef<Target>('UploadTarget').implement({
  description: 'Where and how the bytes of a file are sent: one request, exactly as it stands here.',
  fields: t => ({
    url: t.field({ type: 'URL', description: 'Where to. Whoever has it can send these bytes.', resolve: u => u.url }),
    method: t.exposeString('method', { description: 'The method of the request: PUT.' }),
    headers: t.field({ type: [HttpHeader], description: 'What to send along.', resolve: u => [...u.headers] }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'Until when the request can begin. The same idempotency key gives a fresh target.',
      resolve: u => u.expiresAt,
    }),
  }),
})

/** A file that the viewer owns, after a write. Throws Refused(NOT_FOUND). */
async function answeredFile(ctx: Context, id: string): Promise<FileView> {
  const file = await ownFile(ctx, id, viewerOf(ctx).userId)
  if (file) return file
  throw new Refused(reject('NOT_FOUND', 'There is no such file.', { missing: [{ type: 'File', id }] }))
}

commandField('createFileUpload', {
  description: 'Announces a file. Send its bytes to the target, then call `completeFileUpload`.',
  input: builder.inputType('CreateFileUploadInput', {
    description: 'What will be sent.',
    fields: t => ({
      name: t.string({ required: true, description: 'One line, at most 255 characters, no path.' }),
      contentType: t.string({
        required: true,
        description: 'Such as image/png: it has to be true. `application/octet-stream` claims nothing.',
      }),
      size: t.int({ required: true, description: 'Bytes, exactly; at most 104,857,600.' }),
      sha256: t.string({ description: 'Hexadecimal: what arrives is compared with it.' }),
      idempotencyKey: t.field({
        type: 'UUID',
        description: 'Made by the client: the same key and input give the same file.',
      }),
    }),
  }),
  payload: builder.objectRef<{ file: FileView; target: Target }>('CreateFileUploadPayload').implement({
    description: 'It is announced.',
    fields: t => ({
      file: t.field({ type: File, description: 'The file, PENDING.', resolve: p => p.file }),
      target: t.field({ type: UploadTarget, description: 'Where to send its bytes.', resolve: p => p.target }),
    }),
  }),
  errors: [ValidationError, ConflictError],
  resolve: async (input, ctx) => {
    const { name, contentType, size } = input
    const wanted = { fileId: newId(), name, contentType, size, sha256: input.sha256 ?? null }
    const commit = await command(ctx, viewerOf(ctx).userId, 'CreateFileUpload', wanted, input)
    const fileId = idOfStream(commit.stream)
    const file = await load(ctx, files, fileId)
    if (!file) throw new Refused(reject('STATE_CONFLICT', 'The file of this key is deleted: use another key.'))
    const { id, contentType: type } = file
    const target = await ctx.files.uploadTarget({ base: ctx.baseUrl, id, contentType: type, size: file.size })
    return { file, target }
  },
})

/** What the bytes of a file are; null while they are not here. A picture gets its thumbnail stored. */
async function found(ctx: Context, { id, contentType, sha256 }: FileView) {
  if (!(await ctx.files.stat(id))) return null
  const finding = await ctx.files.at(id, path => ctx.media.inspect(path, { contentType, sha256 })).catch(tooBusy)
  if (!finding.good) return finding
  const { thumbnail, ...rest } = finding
  if (thumbnail) await keptThumbnail(ctx, id, thumbnail)
  return { ...rest, thumbnail: thumbnail !== null }
}

/** What an attempt before this one left is not looked at: it may have been another program's. */
async function keptThumbnail(ctx: Context, id: string, bytes: Uint8Array): Promise<void> {
  const key = keyOf(id, 'thumbnail')
  await ctx.files.remove(key)
  await ctx.files.put(key, one(bytes), bytes.length).catch(error => {
    if (!(error instanceof AlreadyStored)) throw error // the same call, made twice at once
  })
}
async function* one(bytes: Uint8Array) {
  yield bytes
}

function tooBusy(error: unknown): Finding {
  if (!(error instanceof Busy)) throw error
  throw new Refused(reject('STATE_CONFLICT', 'Many files are being looked into: try again in a moment.'))
}

commandField('completeFileUpload', {
  description: 'Says that the bytes are sent. They are looked into, and the file is READY or REJECTED.',
  input: builder.inputType('CompleteFileUploadInput', {
    description: 'Which file.',
    fields: t => ({ fileId: t.id({ required: true, description: 'Id of the File.' }) }),
  }),
  payload: payloadType<{ file: FileView; commit: Commit }>('CompleteFileUploadPayload', t => ({
    file: t.field({ type: File, description: 'The file as it is now.', resolve: p => p.file }),
  })),
  errors: [ValidationError, NotFoundError, ConflictError],
  resolve: async (input, ctx) => {
    const { userId } = viewerOf(ctx)
    const fileId = idOf('File', input.fileId)
    const file = await ownFile(ctx, fileId, userId)
    const finding = file?.state === 'PENDING' ? await found(ctx, file) : null
    const commit = await command(ctx, userId, 'CompleteFileUpload', { fileId, found: finding })
    return { file: await answeredFile(ctx, fileId), commit }
  },
})

commandField('deleteFile', {
  description: 'Deletes a file of yours, also from the messages that hold it.',
  input: builder.inputType('DeleteFileInput', {
    description: 'Which file.',
    fields: t => ({ fileId: t.id({ required: true, description: 'Id of the File.' }) }),
  }),
  payload: payloadType<{ fileId: string; commit: Commit }>('DeleteFilePayload', t => ({
    removedFileId: t.id({ description: 'Its id, as it was.', resolve: p => globalId('File', p.fileId) }),
  })),
  errors: [ValidationError, NotFoundError, ForbiddenError, ConflictError],
  resolve: async (input, ctx) => {
    const fileId = idOf('File', input.fileId)
    const commit = await command(ctx, viewerOf(ctx).userId, 'DeleteFile', { fileId })
    return { fileId, commit }
  },
})
