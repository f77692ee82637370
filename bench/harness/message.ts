import { chat } from '../../src/domain/chat/chat.ts'
import { chatEvents } from '../../src/domain/chat/events.ts'
import { chatDomain } from '../../src/domain/chat/index.ts'
import { toAppend } from '../../src/kernel/decided.ts'
import { newId } from '../../src/kernel/id.ts'
import type { AnyNewEvent } from '../../src/kernel/message.ts'
import type { Append } from '../../src/port/event-store.ts'
import { chatAt, userAt } from './people.ts'

const projections = chatDomain.projections.filter(p => p.events === chatEvents)
const hash = Buffer.alloc(32, 7)
/** With it, the two parts of a MessageSent have 300 bytes. */
export const body = 'The containers are unloaded; the papers come with the driver, who calls before he leaves.'

/** A message of user 0 to a chat, decided: as the dispatcher hands it to the store, with its early rows. */
export function sendingTo(chatNumber: number, guard: number): Append {
  const data = { messageId: newId(), authorId: userAt(0), replyToId: null, mentions: [], fileIds: [], imageFileIds: [] }
  return decided(chatNumber, guard, chatEvents.make.MessageSent(data, { body, entities: [], fileNames: [] }))
}

/** Somebody new in a chat: an event that the index of inboxes makes a row of. */
export const joining = (chatNumber: number): Append =>
  decided(chatNumber, null, chatEvents.make.ParticipantAdded({ userId: newId(), role: 'MEMBER', founding: false }))

function decided(chatNumber: number, guard: number | null, event: AnyNewEvent): Append {
  const [actor, stream] = [userAt(0), `chat-${chatAt(chatNumber)}`]
  const decision = { stream, command: newId(), hash, decision: [event], tenant: null, expect: null, guard: guard ?? -1 }
  return { ...toAppend(chat, projections, { type: 'SendMessage', actor, input: null }, decision), guard }
}
