import { fileEvents } from '../domain/file/events.ts'
import { type Chore, chore } from '../kernel/chore.ts'
import type { Dispatch } from '../kernel/dispatch.ts'
import { eventId, nobody, system } from '../kernel/id.ts'
import { type Doing, type Reactor, reactor, reactsTo, task } from '../kernel/reactor.ts'
import { Rejection } from '../kernel/reject.ts'
import { type Files, keyOf } from '../port/files.ts'

// What becomes of files that nobody needs: of their events, and of their bytes.

export interface FilesNeeds {
  dispatch: Dispatch
  files: Files
  /** How long an upload may take, and a file be held by nothing, in ms. */
  unusedMs: number
  /** Whether the rows tell all that is in the log: while some are missing, what nothing seems to hold may be held. */
  rowsAreWhole: () => Promise<boolean>
  /** Uploads that began before a moment and are still open. */
  openSince: (args: { before: Date; limit: number }) => Promise<readonly string[]>
  /** Files that were settled before a moment, after an id, in order. */
  settledBefore: (args: { before: Date; after: string | null; limit: number }) => Promise<readonly string[]>
  /** Of these, the ones that something holds: a message that is not deleted, a profile. */
  held: (ids: readonly string[]) => Promise<ReadonlySet<string>>
  /** Messages that hold a file and are not deleted, the newest first. */
  messagesWith: (args: { fileId: string; limit: number }) => Promise<readonly { chatId: string; messageId: string }[]>
  /** Of these, the ones whose bytes are kept: they are not deleted and not rejected. */
  kept: (ids: readonly string[]) => Promise<ReadonlySet<string>>
}

const page = 200
/** Bytes of which no row tells may belong to a row that is about to be written. */
const youngMs = 3_600_000

/** As many as surely take less than a minute: who follows a chat far back sees it when they look there. */
const mostTold = 1_000

/** The bytes of a file that is deleted or rejected go at once, and chats are told whose messages held it. */
export const removedFiles = ({
  files,
  dispatch,
  messagesWith,
}: Pick<FilesNeeds, 'files' | 'dispatch' | 'messagesWith'>): Reactor => {
  const removeBytes = ({ data }: { data: { fileId: string } }) => [task('removeBytes', { fileId: data.fileId })]
  return reactor({
    name: 'removedFiles',
    start: 'beginning',
    on: [
      reactsTo(fileEvents, {
        FileDeleted: event => [...removeBytes(event), task('tellChats', { fileId: event.data.fileId })],
        FileRejected: removeBytes,
      }),
    ],
    do: {
      removeBytes: async ({ fileId }: { fileId: string }) => {
        for (const variant of ['thumbnail', 'original'] as const) await files.remove(keyOf(fileId, variant))
        return undefined
      },
      tellChats: async ({ fileId }: { fileId: string }, { id }: Doing) => {
        for (const { chatId, messageId } of await messagesWith({ fileId, limit: mostTold })) {
          const [input, key] = [{ chatId, messageId, fileId }, eventId(messageId, id, 0)]
          const told = await dispatch({ type: 'NoteRemovedFile', input, actor: system, key })
          if (told instanceof Rejection) throw new Error(`NoteRemovedFile was refused: ${told.code}`)
        }
        return undefined
      },
    },
  })
}

/** What was never completed is rejected, what nothing holds is dropped, and bytes that belong to nothing are removed. */
export function fileSweeps(needs: FilesNeeds): Chore[] {
  const { dispatch, files } = needs
  const before = (ms: number) => new Date(Date.now() - ms)
  const tell = (type: string, fileId: string, more: object = {}) =>
    dispatch({ type, input: { fileId, ...more }, actor: nobody })
  let at: string | null = null
  let lying: string | null = null

  return [
    chore({
      name: 'open uploads',
      everyMs: 600_000,
      run: async () => {
        const ids = await needs.openSince({ before: before(needs.unusedMs), limit: page })
        for (const id of ids) await tell('RejectFile', id, { reason: 'It was not completed in time.' })
        return ids.length === page
      },
    }),
    chore({
      name: 'files that nothing holds',
      everyMs: 600_000,
      run: async () => {
        if (!(await needs.rowsAreWhole())) return false
        const ids = await needs.settledBefore({ before: before(needs.unusedMs), after: at, limit: page })
        const held = await needs.held(ids)
        for (const id of ids) if (!held.has(id)) await tell('DropFile', id)
        at = ids.length === page ? (ids.at(-1) ?? null) : null
        return at !== null
      },
    }),
    chore({
      name: 'bytes without a file',
      everyMs: 3_600_000,
      run: async () => {
        if (lying === null) await files.clear(before(youngMs))
        if (!(await needs.rowsAreWhole())) return false
        const keys = await files.list(lying, page)
        const kept = await needs.kept([...new Set(keys.map(idOfKey))])
        for (const key of keys) if (!kept.has(idOfKey(key)) && (await isOld(key))) await files.remove(key)
        lying = keys.length === page ? (keys.at(-1) ?? null) : null
        return lying !== null
      },
    }),
  ]

  async function isOld(key: string): Promise<boolean> {
    const stored = await files.stat(key)
    return stored !== null && stored.at < before(youngMs)
  }
}

const idOfKey = (key: string) => key.slice(0, 36)
