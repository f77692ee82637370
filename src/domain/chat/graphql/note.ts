import { builder } from '../../../graph/builder.ts'
import type { NoteKind } from '../tables.ts'

const SystemNoteKind = builder.enumType('SystemNoteKind', {
  description: 'What happened to a chat.',
  values: {
    CHAT_CREATED: { description: 'It was opened.' },
    CHAT_RENAMED: { description: 'Its title was changed.' },
    CHAT_ARCHIVED: { description: 'It was archived.' },
    CHAT_RESTORED: { description: 'It was taken out of the archive.' },
    PARTICIPANT_ADDED: { description: 'Somebody was added.' },
    PARTICIPANT_LEFT: { description: 'Somebody left.' },
    PARTICIPANT_REMOVED: { description: 'Somebody was removed.' },
    MESSAGE_PINNED: { description: 'A message was pinned: `Message.replyTo` of the note.' },
  } satisfies Record<NoteKind, { description: string }>,
})

export interface NoteView {
  kind: NoteKind
  subjectId: string | null
  text: string | null
}
/** Its `subject` is added in the edges. */
export const SystemNote = builder.objectRef<NoteView>('SystemNote').implement({
  description:
    'What happened to a chat, among its messages. It is not unread, and nobody edits, deletes or answers it.',
  fields: t => ({
    kind: t.field({ type: SystemNoteKind, description: 'What.', resolve: n => n.kind }),
    text: t.exposeString('text', { nullable: true, description: 'The title that the chat got then.' }),
  }),
})
