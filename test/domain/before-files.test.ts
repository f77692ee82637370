import { expect, test } from 'vitest'
import { chatEvents } from '../../src/domain/chat/events.ts'
import { userAccountEvents } from '../../src/domain/userAccount/events.ts'
import { decode } from '../../src/kernel/codec.ts'
import { newId } from '../../src/kernel/id.ts'
import type { EventSet } from '../../src/kernel/message.ts'

// What was written before there were files reads as without any, erased or not.

const id = newId()
const read = (set: EventSet, type: string, v: number, data: object, personal: object | null) =>
  decode(set, {
    ...{ id: newId(), stream: `${set.category}-${id}`, revision: 1, position: 1n, at: new Date(0), tenant: null },
    ...{ actor: id, command: newId(), type, v, bump: false, data: JSON.stringify(data) },
    personal: personal && JSON.stringify(personal),
  })

const sent = { messageId: id, authorId: id, replyToId: null }
const profile = { handle: 'ann', displayName: 'Ann' }
test.each<[EventSet, string, number, object, object, object]>([
  [chatEvents, 'MessageSent', 1, sent, { body: 'x' }, { mentions: [], fileIds: [], imageFileIds: [] }],
  [
    chatEvents,
    'MessageSent',
    2,
    { ...sent, mentions: [id] },
    { body: 'x', entities: [] },
    { mentions: [id], fileIds: [], imageFileIds: [] },
  ],
  [
    chatEvents,
    'MessageSent',
    3,
    { ...sent, mentions: [], fileIds: [id] },
    { body: 'x', entities: [] },
    { fileIds: [id], imageFileIds: [] },
  ],
  [chatEvents, 'ChatUpdated', 1, {}, { title: 'x' }, { avatarFileId: null, renamed: true }],
  [chatEvents, 'ChatUpdated', 2, { avatarFileId: null }, { title: 'x' }, { renamed: true }],
  [chatEvents, 'ChatUpdated', 2, { avatarFileId: id }, { title: 'x' }, { renamed: false }],
  [userAccountEvents, 'UserProfileUpdated', 1, { userId: id }, profile, { userId: id, avatarFileId: null }],
])('%#: $1 of version $2', (set, type, v, data, personal, expected) => {
  expect(read(set, type, v, data, personal)).toMatchObject({ data: { ...data, ...expected }, personal })
  expect(read(set, type, v, data, null)).toMatchObject({ data: expected, personal: null })
})
