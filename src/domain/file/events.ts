import { z } from 'zod'
import { defineEvents } from '../../kernel/message.ts'

const fileId = z.uuid()
const ownerId = z.uuid()
const sha256 = z.string()
const ofOwner = (data: { ownerId: string }) => data.ownerId

/** One file, from its announcement to its end. Its bytes are kept outside the log, under its id. */
export const fileEvents = defineEvents('file', {
  /** `contentType`, `size` (bytes) and `sha256` (hexadecimal) are what its owner says. */
  FileUploadCreated: {
    v: 1,
    bump: true,
    data: z.object({ fileId, ownerId, contentType: z.string(), size: z.int(), sha256: sha256.nullable() }),
    personal: z.object({ name: z.string() }),
    key: ofOwner,
  },
  /**
   * The bytes are there and are what was said. `contentType` and `sha256` are what was found. `durationMs`: of sound and of
   * video; null when the bytes do not tell.
   */
  FileReady: {
    v: 2,
    bump: true,
    data: z.object({
      fileId,
      ownerId,
      contentType: z.string(),
      sha256,
      width: z.int().nullable(),
      height: z.int().nullable(),
      durationMs: z.int().nullable(),
      thumbnail: z.boolean(),
    }),
    personal: z.object({ previewHash: z.string().nullable() }),
    key: ofOwner,
    // Version 1 did not measure it.
    upcast: { 1: ({ data, personal }) => ({ data: { ...(data as object), durationMs: null }, personal }) },
  },
  FileRejected: { v: 1, bump: true, data: z.object({ fileId, reason: z.string() }) },
  FileDeleted: { v: 1, bump: true, data: z.object({ fileId }) },
})
