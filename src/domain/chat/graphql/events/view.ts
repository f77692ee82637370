import { DomainEvent, type EventView } from '../../../../graph/stream.ts'
import { type AnyEvent, idOf } from '../../../../kernel/message.ts'

/** `chatId`: where. `userId`, `messageId`: whom and what it is about, where it is about somebody or something. */
export interface ChatEventView extends EventView {
  chatId: string
  userId: string
  messageId: string
  /** Of a reaction. */
  emoji?: string
  added?: boolean
}

export const interfaces = [DomainEvent]

const text = (data: unknown, name: string): string => {
  const value = (data as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : ''
}
const names: Record<string, string> = {
  ParticipantLeft: 'ParticipantRemoved',
  ReactionAdded: 'ReactionsChanged',
  ReactionRemoved: 'ReactionsChanged',
  MessageFileRemoved: 'MessageEdited',
}

/** A stored event of a chat's stream as subscribers see it. */
export function toChatEvent(event: AnyEvent): ChatEventView {
  return {
    eventType: names[event.type] ?? event.type,
    at: event.at,
    actorId: event.actor,
    chatId: idOf(event.stream),
    userId: text(event.data, 'userId'),
    messageId: text(event.data, 'messageId'),
    emoji: text(event.data, 'emoji'),
    added: event.type === 'ReactionAdded',
  }
}
