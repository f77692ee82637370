import { Rejection } from '../../../kernel/reject.ts'
import { chatEvents } from '../events.ts'
import { mentionsOf, sameEntities, sameIds } from './mentions.ts'
import { archived, deleted, forbidden, moved, noFiles, noMessage, noted } from './refusals.ts'
import { type Rules, seenBy } from './room.ts'
import { filledIn } from './templates.ts'

const { MessageSent, MessageEdited, MessageDeleted, MessageUnpinned } = chatEvents.make

/** What is said. */
export const talk: Rules<'SendMessage' | 'EditMessage' | 'DeleteMessage'> = {
  SendMessage: (chat, { chatId, messageId, text, entities, replyToId, ...named }, { actor, facts }) => {
    const { mentionedUserIds, fileIds: wanted, template } = named
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (seen.is === 'archived') return archived()
    if (!seen.may.canSend) return forbidden('Readers cannot write.')
    if (replyToId && facts.replyTo?.chatId !== chatId) return noMessage(replyToId)
    if (replyToId && facts.replyTo?.authorId === null) return noted()
    const mentions = mentionsOf(seen.members, mentionedUserIds, entities)
    if (mentions instanceof Rejection) return mentions
    const fileIds = [...new Set(wanted)]
    const files = fileIds.flatMap(id => facts.sendableFiles.find(file => file.id === id) ?? [])
    const missing = fileIds.filter(id => !files.some(file => file.id === id))
    if (missing.length) return noFiles(missing)
    const imageFileIds = files.filter(file => file.contentType.startsWith('image/')).map(file => file.id)
    const fileNames = files.flatMap(file => file.name ?? [])
    const data = { messageId, authorId: actor, replyToId, mentions: [...mentions], fileIds, imageFileIds }
    const body = template ? filledIn(facts.template, template) : text
    return body instanceof Rejection ? body : [MessageSent(data, { body, entities, fileNames })]
  },

  EditMessage: (chat, { chatId, text, messageId, expectedVersion, ...more }, { actor, facts: { message } }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return noMessage(messageId)
    if (message?.chatId !== chatId) return noMessage(messageId)
    if (message.authorId === null) return noted()
    if (message.authorId !== actor) return forbidden('Only its author edits a message.')
    if (message.deleted) return deleted()
    const same = message.body === text
    const entities = more.entities ?? (same ? message.entities : [])
    const named = more.mentionedUserIds ?? (same && !more.entities ? message.mentions : [])
    const mentions = mentionsOf(seen.members, named, entities, message.mentions)
    if (mentions instanceof Rejection) return mentions
    if (same && sameEntities(entities, message.entities) && sameIds(mentions, message.mentions)) return []
    if (seen.is === 'archived') return archived()
    if (!seen.may.canSend) return forbidden('Readers cannot write.')
    if (expectedVersion !== undefined && expectedVersion !== message.version) return moved(message.version)
    return [MessageEdited({ messageId, mentions: [...mentions] }, { body: text, entities: [...entities] })]
  },

  DeleteMessage: (chat, { chatId, messageId }, { actor, facts: { message } }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return noMessage(messageId)
    if (message?.chatId !== chatId) return noMessage(messageId)
    if (message.authorId === null) return noted()
    if (message.authorId !== actor && !seen.may.canDeleteMessages)
      return forbidden('Only its author, an admin or an owner deletes a message.')
    if (message.deleted) return []
    return message.pinned
      ? [MessageUnpinned({ messageId }), MessageDeleted({ messageId })]
      : [MessageDeleted({ messageId })]
  },
}
