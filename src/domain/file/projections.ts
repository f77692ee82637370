import { patch, projection, put } from '../../kernel/projection.ts'
import { fileEvents } from './events.ts'
import { files } from './tables.ts'

export const fileList = projection('files', fileEvents, [files], {
  FileUploadCreated: ({ data: { fileId, ...said }, personal, at }) => [
    put(files, { id: fileId, state: 'PENDING', ...said, name: personal?.name ?? null, createdAt: at }),
  ],
  FileReady: ({ data, personal, at }) => [
    patch(files, {
      id: data.fileId,
      state: 'READY',
      contentType: data.contentType,
      sha256: data.sha256,
      width: data.width,
      height: data.height,
      durationMs: data.durationMs,
      thumbnail: data.thumbnail,
      previewHash: personal?.previewHash ?? null,
      settledAt: at,
    }),
  ],
  FileRejected: ({ data, at }) => [
    patch(files, { id: data.fileId, state: 'REJECTED', rejectionReason: data.reason, settledAt: at }),
  ],
  FileDeleted: ({ data, at }) => [patch(files, { id: data.fileId, name: null, previewHash: null, deletedAt: at })],
})
