import { chatAvatars, holdsOf } from '../domain/chat/queries/index.ts'
import { type FileView, filesByIds } from '../domain/file/queries.ts'
import { userAvatars } from '../domain/userAccount/queries.ts'
import type { Services } from '../graph/context.ts'

/**
 * A file whose bytes may be taken or given now, whoever has the address; null for any other. One that was sent is given as long
 * as a message holds it that is not deleted, in a chat that is not, or while it is a picture of somebody or of a chat; one that
 * was not sent yet, for its owner to look at.
 */
export async function fileToServe(ask: Services['ask'], id: string): Promise<FileView | null> {
  const [file] = await ask(filesByIds, [id])
  if (!file) return null
  const [held] = await ask(holdsOf, [id])
  if (held !== 'before') return file
  const pictures = [await ask(userAvatars, [id]), await ask(chatAvatars, { fileIds: [id], userId: null })]
  return pictures.flat().length ? file : null
}
