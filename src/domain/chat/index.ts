import type { Domain } from '../../kernel/domain.ts'
import { chat, mute, readMarker } from './chat.ts'
import { chatAudience, chatList, messageStore, muteList, reactionList, readMarkerList } from './projections.ts'

/** Rooms, the people in them, what they say, and how far each has read. */
export const chatDomain: Domain = {
  name: 'chat',
  deciders: [chat, readMarker, mute],
  projections: [chatList, messageStore, reactionList, readMarkerList, muteList],
  audience: [chatAudience],
}
