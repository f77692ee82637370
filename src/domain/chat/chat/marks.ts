import { Rejection } from '../../../kernel/reject.ts'
import { chatEvents } from '../events.ts'
import { archived, deleted, forbidden, noMessage, noted, tooMany } from './refusals.ts'
import { type Chat, type MessageFacts, type Rules, type Seen, seenBy } from './room.ts'

const { ReactionAdded, ReactionRemoved, MessagePinned, MessageUnpinned } = chatEvents.make

const mostOfOne = 20
const mostEmojis = 50
const mostPins = 100

/** What is put on a message by others than its author: reactions and pins. */
export const marks: Rules<'AddReaction' | 'RemoveReaction' | 'PinMessage' | 'UnpinMessage'> = {
  AddReaction: (chat, { chatId, messageId, emoji }, { actor, facts: { message, reactions } }) => {
    const seen = withMessage(chat, chatId, actor, messageId, message)
    if (seen instanceof Rejection) return seen
    if (message?.deleted) return deleted()
    if (seen.is === 'archived') return archived()
    if (!seen.may.canSend) return forbidden('Readers cannot react.')
    if (reactions.mine.includes(emoji)) return []
    if (reactions.mine.length >= mostOfOne) return tooMany(`You react to a message with at most ${mostOfOne} emojis.`)
    if (!reactions.all.includes(emoji) && reactions.all.length >= mostEmojis)
      return tooMany(`A message has at most ${mostEmojis} different reactions.`)
    return [ReactionAdded({ messageId, userId: actor, emoji })]
  },

  // Also by who has become a reader: it is theirs.
  RemoveReaction: (chat, { chatId, messageId, emoji }, { actor, facts: { message, reactions } }) => {
    const seen = withMessage(chat, chatId, actor, messageId, message)
    if (seen instanceof Rejection) return seen
    if (message?.deleted || !reactions.mine.includes(emoji)) return []
    return seen.is === 'archived' ? archived() : [ReactionRemoved({ messageId, userId: actor, emoji })]
  },

  PinMessage: (chat, { chatId, messageId }, { actor, facts: { message, pinCount } }) => {
    const seen = withMessage(chat, chatId, actor, messageId, message)
    if (seen instanceof Rejection) return seen
    if (message?.deleted) return deleted()
    if (seen.is === 'archived') return archived()
    if (!seen.may.canPin) return forbidden('Only owners and admins pin messages.')
    if (message?.pinned) return []
    if (pinCount >= mostPins) return tooMany(`A chat has at most ${mostPins} pinned messages.`)
    return [MessagePinned({ messageId })]
  },

  UnpinMessage: (chat, { chatId, messageId }, { actor, facts: { message } }) => {
    const seen = withMessage(chat, chatId, actor, messageId, message)
    if (seen instanceof Rejection) return seen
    if (seen.is === 'archived') return archived()
    if (!seen.may.canPin) return forbidden('Only owners and admins unpin messages.')
    return message?.pinned ? [MessageUnpinned({ messageId })] : []
  },
}

/** The chat as the actor sees it, if the message is one of it. */
function withMessage(
  chat: Chat,
  chatId: string,
  actor: string,
  messageId: string,
  message: MessageFacts | null,
): Seen | Rejection {
  const seen = seenBy(chat, chatId, actor)
  if (seen instanceof Rejection || message?.chatId !== chatId) return noMessage(messageId)
  return message.authorId === null ? noted() : seen
}
