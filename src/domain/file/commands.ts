import { z } from 'zod'
import { defineCommands } from '../../kernel/message.ts'
import { line } from '../../kernel/text.ts'

const fileId = z.uuid()
const ofFile = (c: { fileId: string }) => `file-${c.fileId}`

/** Marks that turn the direction of writing around: with them `annexe‮gpj.exe` looks like `annexe.exe.jpg`. */
const turning = /[\u202a-\u202e\u2066-\u2069]/

export const maxSize = 100 * 1024 * 1024
export const FileName = line(1, 255)
  .refine(name => !/[/\\]/.test(name) && !/^\.{1,2}$/.test(name), 'A file name holds no path: no "/" and no "\\".')
  .refine(name => !turning.test(name), 'It must not hold marks that turn the direction of writing.')
export const ContentType = z
  .string()
  .transform(type => (type.split(';')[0] ?? '').trim().toLowerCase())
  .pipe(
    z
      .string()
      .max(127)
      .regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/, 'A content type is written as image/png.'),
  )

/** What was found in the bytes: see port/media.ts. */
export const Finding = z.discriminatedUnion('good', [
  z.object({
    good: z.literal(true),
    contentType: z.string(),
    sha256: z.string(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    durationMs: z.int().nullable(),
    thumbnail: z.boolean(),
    previewHash: z.string().nullable(),
  }),
  z.object({ good: z.literal(false), reason: line(1, 500) }),
])

export const fileCommands = defineCommands({
  CreateFileUpload: {
    input: z.object({
      fileId,
      name: FileName,
      contentType: ContentType,
      size: z
        .int()
        .min(1, 'An empty file cannot be sent.')
        .max(maxSize, 'A file has at most 104,857,600 bytes (100 MB).'),
      sha256: z
        .string()
        .toLowerCase()
        .regex(/^[0-9a-f]{64}$/, 'A SHA-256 is written as 64 hexadecimal digits.')
        .nullable(),
    }),
    stream: ofFile,
    facts: ['openUploads'],
  },
  /** `found`: null while the bytes are not there. */
  CompleteFileUpload: { input: z.object({ fileId, found: Finding.nullable() }), stream: ofFile },
  DeleteFile: { input: z.object({ fileId }), stream: ofFile, facts: ['fileSeen'] },
  /** Of the house itself: an upload that was never completed. */
  RejectFile: { input: z.object({ fileId, reason: line(1, 500) }), stream: ofFile },
  /** Of the house itself: a file that nothing holds any more. */
  DropFile: { input: z.object({ fileId }), stream: ofFile },
})
