import { holdsOf } from '../domain/chat/queries/index.ts'
import { type FileView, filesByIds } from '../domain/file/queries.ts'
import type { Services } from '../graph/context.ts'

/**
 * A file whose bytes may be taken or given now, whoever has the address; null for any other. One that was sent is given as long
 * as a message holds it that is not deleted, in a chat that is not; one that was not sent yet, for its owner to look at.
 */
export async function fileToServe(ask: Services['ask'], id: string): Promise<FileView | null> {
  const [file] = await ask(filesByIds, [id])
  if (!file) return null
  const [held] = await ask(holdsOf, [id])
  return held === 'before' ? null : file
}
