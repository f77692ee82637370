import { nobody, system } from '../../../kernel/id.ts'
import { idOf, type Recorded } from '../../../kernel/message.ts'
import { put, type RowOp } from '../../../kernel/projection.ts'
import { messages, type NoteKind } from '../tables.ts'

/** Whom a note is about, when it is about who did it; null when it was no person. */
export const doer = ({ actor }: Recorded): string | null => (actor === nobody || actor === system ? null : actor)

/** What the system notes among the messages of a chat: a row that follows from the event, by its id and at its place. */
export const note = (
  { id, stream, revision, at, command }: Recorded,
  noteKind: NoteKind,
  noteSubjectId: string | null,
  more: { noteText?: string | null; replyToId?: string } = {},
): RowOp =>
  put(messages, {
    ...{ id, chatId: idOf(stream), sequence: revision, version: revision, authorId: null, commandId: command },
    ...{ contentKind: 'SYSTEM', noteKind, noteSubjectId, createdAt: at },
    ...more,
  })
