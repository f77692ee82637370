import type { Domain } from '../../kernel/domain.ts'
import { chat, readMarker } from './chat.ts'
import { chatAudience, chatList, messageStore, reactionList, readMarkerList } from './projections.ts'

/** Rooms, the people in them, what they say, and how far each has read. */
export const chatDomain: Domain = {
  name: 'chat',
  deciders: [chat, readMarker],
  projections: [chatList, messageStore, reactionList, readMarkerList],
  audience: [chatAudience],
}
