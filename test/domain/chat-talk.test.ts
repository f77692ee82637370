import { describe, expect, test } from 'vitest'
import { type MessageFacts, readMarker } from '../../src/domain/chat/chat.ts'
import { chatEvents, readMarkerEvents } from '../../src/domain/chat/events.ts'
import { given } from '../../src/kernel/given.ts'
import { newId } from '../../src/kernel/id.ts'
import {
  admin,
  archivedGroup,
  by,
  chatId,
  deletedGroup,
  direct,
  group,
  member,
  owner,
  ParticipantRemoved,
  ParticipantRoleChanged,
  reader,
  stranger,
} from './people.ts'

const { MessageSent, MessageEdited, MessageDeleted } = chatEvents.make
const messageId = newId()
/** A message of the member, as the rows tell it. */
const message = (more: Partial<MessageFacts> = {}): MessageFacts => ({
  ...{
    chatId,
    authorId: member,
    body: 'hello',
    entities: [],
    mentions: [],
    sequence: 5,
    version: 5,
    deleted: false,
    pinned: false,
  },
  ...more,
})

describe('SendMessage', () => {
  const send = (replyToId: string | null = null) => ({ chatId, messageId, text: ' hi\n', replyToId })
  const sent = (authorId: string, replyToId: string | null = null) => [
    MessageSent(
      { messageId, authorId, replyToId, mentions: [], fileIds: [], imageFileIds: [] },
      { body: ' hi\n', entities: [], fileNames: [] },
    ),
  ]
  test('all but readers; what was written is what is kept', () => {
    for (const actor of [owner, admin, member]) group().when('SendMessage', send(), by(actor)).then(sent(actor))
    direct().when('SendMessage', send(), by(member)).then(sent(member))
  })
  test('a reply is to a message of the same chat, also to a deleted one', () => {
    const replyToId = newId()
    for (const replyTo of [message(), message({ deleted: true, body: null })])
      group().when('SendMessage', send(replyToId), by(member, { replyTo })).then(sent(member, replyToId))
    for (const replyTo of [null, message({ chatId: newId() })])
      group().when('SendMessage', send(replyToId), by(member, { replyTo })).rejects('NOT_FOUND')
  })
  test('files: one of one own, or more, with a text or without', () => {
    const [one, two] = [newId(), newId()]
    const data = {
      messageId,
      authorId: member,
      replyToId: null,
      mentions: [],
      fileIds: [one, two],
      imageFileIds: [two],
    }
    const input = { ...send(), fileIds: [one, two, one] }
    const file = { id: one, name: 'a.csv', contentType: 'text/csv' }
    const picture = { id: two, name: 'b.png', contentType: 'image/png' }
    for (const text of [null, 'look'])
      group()
        .when('SendMessage', { ...input, text }, by(member, { sendableFiles: [picture, file] }))
        .then([MessageSent(data, { body: text, entities: [], fileNames: ['a.csv', 'b.png'] })])
    group()
      .when('SendMessage', input, by(member, { sendableFiles: [picture] }))
      .rejects('NOT_FOUND')
    for (const fileIds of [[], Array.from({ length: 11 }, newId)])
      expect(() => group().when('SendMessage', { ...send(), text: null, fileIds }, by(member))).toThrow()
  })
  test('refusals', () => {
    group().when('SendMessage', send(), by(reader)).rejects('FORBIDDEN')
    group().when('SendMessage', send(), by(stranger)).rejects('NOT_FOUND')
    archivedGroup.when('SendMessage', send(), by(owner)).rejects('STATE_CONFLICT')
    deletedGroup.when('SendMessage', send(), by(owner)).rejects('NOT_FOUND')
    group(ParticipantRemoved({ userId: member }))
      .when('SendMessage', send(), by(member))
      .rejects('NOT_FOUND')
    group(ParticipantRoleChanged({ userId: member, role: 'READER' }))
      .when('SendMessage', send(), by(member))
      .rejects('FORBIDDEN')
  })
  test('blank and oversize text never becomes a command', () => {
    for (const text of ['', ' \n\t ', 'x'.repeat(16_385)])
      expect(() => group().when('SendMessage', { ...send(), text }, by(member))).toThrow()
    const text = 'x'.repeat(16_384)
    group()
      .when('SendMessage', { ...send(), text }, by(member))
      .then([
        MessageSent(
          { messageId, authorId: member, replyToId: null, mentions: [], fileIds: [], imageFileIds: [] },
          { body: text, entities: [], fileNames: [] },
        ),
      ])
  })
})

describe('EditMessage', () => {
  const edit = (text = 'hello!', expectedVersion?: number) => ({
    ...{ chatId, messageId, text },
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  })
  const edited = [MessageEdited({ messageId, mentions: [] }, { body: 'hello!', entities: [] })]
  test('its author; the same text again is nothing, whatever the version', () => {
    group()
      .when('EditMessage', edit(), by(member, { message: message() }))
      .then(edited)
    group()
      .when('EditMessage', edit('hello', 1), by(member, { message: message() }))
      .then([])
  })
  test('versions are of the message', () => {
    group()
      .when('EditMessage', edit('hello!', 5), by(member, { message: message() }))
      .then(edited)
    group()
      .when('EditMessage', edit('hello!', 5), by(member, { message: message({ version: 8 }) }))
      .rejects('VERSION_CONFLICT')
  })
  test('an erased text may be written anew', () => {
    group()
      .when('EditMessage', edit(), by(member, { message: message({ body: null }) }))
      .then(edited)
  })
  test('refusals', () => {
    for (const actor of [owner, admin, reader])
      group()
        .when('EditMessage', edit(), by(actor, { message: message() }))
        .rejects('FORBIDDEN')
    group()
      .when('EditMessage', edit(), by(stranger, { message: message() }))
      .rejects('NOT_FOUND')
    for (const other of [null, message({ chatId: newId() })])
      group()
        .when('EditMessage', edit(), by(member, { message: other }))
        .rejects('NOT_FOUND')
    const deleted = by(member, { message: message({ deleted: true, body: null }) })
    group().when('EditMessage', edit(), deleted).rejects('STATE_CONFLICT')
    archivedGroup.when('EditMessage', edit(), by(member, { message: message() })).rejects('STATE_CONFLICT')
    deletedGroup.when('EditMessage', edit(), by(member, { message: message() })).rejects('NOT_FOUND')
    group(ParticipantRoleChanged({ userId: member, role: 'READER' }))
      .when('EditMessage', edit(), by(member, { message: message() }))
      .rejects('FORBIDDEN')
  })
})

describe('DeleteMessage', () => {
  const wanted = { chatId, messageId }
  const deleted = [MessageDeleted({ messageId })]
  test('its author, admins and owners; again is nothing; an archived chat does not keep it', () => {
    for (const actor of [owner, admin, member]) {
      group()
        .when('DeleteMessage', wanted, by(actor, { message: message() }))
        .then(deleted)
      archivedGroup.when('DeleteMessage', wanted, by(actor, { message: message() })).then(deleted)
      group()
        .when('DeleteMessage', wanted, by(actor, { message: message({ deleted: true }) }))
        .then([])
    }
  })
  test('refusals', () => {
    group()
      .when('DeleteMessage', wanted, by(reader, { message: message() }))
      .rejects('FORBIDDEN')
    direct()
      .when('DeleteMessage', wanted, by(owner, { message: message() }))
      .rejects('FORBIDDEN')
    for (const other of [null, message({ chatId: newId() })])
      group()
        .when('DeleteMessage', wanted, by(owner, { message: other }))
        .rejects('NOT_FOUND')
    group()
      .when('DeleteMessage', wanted, by(stranger, { message: message() }))
      .rejects('NOT_FOUND')
    deletedGroup.when('DeleteMessage', wanted, by(member, { message: message() })).rejects('NOT_FOUND')
  })
})

describe('MarkMessagesAsRead', () => {
  const { MessagesMarkedAsRead } = readMarkerEvents.make
  const wanted = { chatId, userId: reader, messageId }
  const readTo = (sequence: number) => MessagesMarkedAsRead({ chatId, userId: reader, sequence })
  const facts = { message: message({ sequence: 7 }), participation: 'READER' as const }
  test('moves forward, and never back', () => {
    given(readMarker, [])
      .when('MarkMessagesAsRead', wanted, by(reader, facts))
      .then([readTo(7)])
    given(readMarker, [readTo(6)])
      .when('MarkMessagesAsRead', wanted, by(reader, facts))
      .then([readTo(7)])
    for (const there of [7, 8])
      given(readMarker, [readTo(there)])
        .when('MarkMessagesAsRead', wanted, by(reader, facts))
        .then([])
  })
  test('refusals', () => {
    const fresh = given(readMarker, [])
    fresh.when('MarkMessagesAsRead', wanted, by(reader, { ...facts, participation: null })).rejects('NOT_FOUND')
    for (const other of [null, message({ chatId: newId() })])
      fresh.when('MarkMessagesAsRead', wanted, by(reader, { ...facts, message: other })).rejects('NOT_FOUND')
  })
})

test('what is said does not move the guard, or nobody could change a busy chat', () => {
  const structural = Object.entries(chatEvents.shapes).flatMap(([type, shape]) => ('bump' in shape ? [type] : []))
  expect(structural).toContain('ParticipantRemoved')
  expect(structural.filter(type => type.startsWith('Message'))).toEqual([])
})
