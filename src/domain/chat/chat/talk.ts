import { Rejection, reject } from '../../../kernel/reject.ts'
import { chatEvents } from '../events.ts'
import { archived, forbidden, moved, noMessage } from './refusals.ts'
import { type Rules, seenBy } from './room.ts'

const { MessageSent, MessageEdited, MessageDeleted } = chatEvents.make

/** What is said. */
export const talk: Rules<'SendMessage' | 'EditMessage' | 'DeleteMessage'> = {
  SendMessage: (chat, { chatId, messageId, text, replyToId }, { actor, facts }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (seen.is === 'archived') return archived()
    if (!seen.may.canSend) return forbidden('Readers cannot write.')
    if (replyToId && facts.replyTo?.chatId !== chatId) return noMessage(replyToId)
    return [MessageSent({ messageId, authorId: actor, replyToId }, { body: text })]
  },

  EditMessage: (chat, { chatId, text, messageId, expectedVersion }, { actor, facts: { message } }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return noMessage(messageId)
    if (message?.chatId !== chatId) return noMessage(messageId)
    if (message.authorId !== actor) return forbidden('Only its author edits a message.')
    if (message.deleted) return reject('STATE_CONFLICT', 'This message is deleted.')
    if (message.body === text) return []
    if (seen.is === 'archived') return archived()
    if (!seen.may.canSend) return forbidden('Readers cannot write.')
    if (expectedVersion !== undefined && expectedVersion !== message.version) return moved(message.version)
    return [MessageEdited({ messageId }, { body: text })]
  },

  DeleteMessage: (chat, { chatId, messageId }, { actor, facts: { message } }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return noMessage(messageId)
    if (message?.chatId !== chatId) return noMessage(messageId)
    if (message.authorId !== actor && !seen.may.canDeleteMessages)
      return forbidden('Only its author, an admin or an owner deletes a message.')
    return message.deleted ? [] : [MessageDeleted({ messageId })]
  },
}
