import { chat } from '../../src/domain/chat/chat.ts'
import { chatEvents } from '../../src/domain/chat/events.ts'
import { chatDomain } from '../../src/domain/chat/index.ts'
import { toAppend } from '../../src/kernel/decided.ts'
import { newId } from '../../src/kernel/id.ts'
import type { Append } from '../../src/port/event-store.ts'
import { chatAt, userAt } from './people.ts'

const projections = chatDomain.projections.filter(p => p.events === chatEvents)
const hash = Buffer.alloc(32, 7)
/** With it, the two parts of a MessageSent have 300 bytes. */
export const body = 'The containers are unloaded; the papers come with the driver, who calls before he leaves.'

/** A message of user 0 to a chat, decided: as the dispatcher hands it to the store, with its early rows. */
export function sendingTo(chatNumber: number, guard: number): Append {
  const [actor, messageId, command] = [userAt(0), newId(), newId()]
  const data = { messageId, authorId: actor, replyToId: null, mentions: [], fileIds: [], imageFileIds: [] }
  const decision = [chatEvents.make.MessageSent(data, { body, entities: [], fileNames: [] })]
  const decided = { stream: `chat-${chatAt(chatNumber)}`, command, hash, decision, tenant: null, expect: null, guard }
  return toAppend(chat, projections, { type: 'SendMessage', actor, input: null }, decided)
}
