import { decider } from '../../kernel/decider.ts'
import { reject } from '../../kernel/reject.ts'
import { fileCommands } from './commands.ts'
import { fileEvents } from './events.ts'

export type File = { is: 'absent' } | { is: 'pending' | 'ready' | 'rejected'; ownerId: string } | { is: 'deleted' }

declare module '../../kernel/decider.ts' {
  interface Facts {
    /** How many uploads of the actor are begun and not completed. */
    openUploads: number
    /** Whether a message that the actor may read holds the file of the command. */
    fileSeen: boolean
  }
}

const { FileUploadCreated, FileReady, FileRejected, FileDeleted } = fileEvents.make
const maxOpen = 100

const noFile = (id: string) => reject('NOT_FOUND', 'There is no such file.', { missing: [{ type: 'File', id }] })

export const file = decider(
  fileEvents,
  fileCommands,
)<File>({
  initial: { is: 'absent' },
  stateVersion: 1,

  decide: {
    CreateFileUpload: (file, { name, ...data }, { actor, facts }) => {
      if (file.is !== 'absent') return []
      if (facts.openUploads >= maxOpen)
        return reject('LIMIT_EXCEEDED', `${maxOpen} uploads are open: complete or delete some first.`)
      return [FileUploadCreated({ ...data, ownerId: actor }, { name })]
    },

    CompleteFileUpload: (file, { fileId, found }, { actor }) => {
      if (!('ownerId' in file) || file.ownerId !== actor) return noFile(fileId)
      if (file.is !== 'pending') return []
      if (!found) return reject('STATE_CONFLICT', 'Its bytes are not here: send them to the upload target first.')
      if (!found.good) return [FileRejected({ fileId, reason: found.reason })]
      const { good: _, previewHash, ...data } = found
      return [FileReady({ fileId, ownerId: actor, ...data }, { previewHash })]
    },

    DeleteFile: (file, { fileId }, { actor, facts }) => {
      if (!('ownerId' in file)) return noFile(fileId)
      if (file.ownerId !== actor)
        return facts.fileSeen ? reject('FORBIDDEN', 'Only its owner deletes a file.') : noFile(fileId)
      return [FileDeleted({ fileId })]
    },

    RejectFile: (file, { fileId, reason }) => (file.is === 'pending' ? [FileRejected({ fileId, reason })] : []),
    DropFile: (file, { fileId }) => ('ownerId' in file ? [FileDeleted({ fileId })] : []),
  },

  evolve: {
    FileUploadCreated: (_, { data }) => ({ is: 'pending', ownerId: data.ownerId }),
    FileReady: (file, { data }) => (file.is === 'deleted' ? file : { is: 'ready', ownerId: data.ownerId }),
    FileRejected: file => ('ownerId' in file ? { is: 'rejected', ownerId: file.ownerId } : file),
    FileDeleted: () => ({ is: 'deleted' }),
  },
})
