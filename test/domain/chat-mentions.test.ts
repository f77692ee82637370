import { describe, expect, test } from 'vitest'
import type { MessageFacts } from '../../src/domain/chat/chat.ts'
import { chatEvents, type MessageEntity } from '../../src/domain/chat/events.ts'
import { decode, type RawEvent } from '../../src/kernel/codec.ts'
import { newId } from '../../src/kernel/id.ts'
import { admin, by, chatId, group, member, owner, ParticipantRemoved, reader, stranger } from './people.ts'

const { MessageSent, MessageEdited } = chatEvents.make
const messageId = newId()
const entity = (kind: MessageEntity['kind'], offset: number, length: number, more: Partial<MessageEntity> = {}) => ({
  ...{ kind, offset, length, url: null, userId: null },
  ...more,
})
const link = (url: string) => entity('LINK', 0, 2, { url })
const at = (userId: string, offset = 0) => entity('MENTION', offset, 2, { userId })

describe('entities of a text', () => {
  const text = 'ab 👍 cdefgh' // the thumb is the units 3 and 4
  const send = (entities: readonly MessageEntity[]) => () =>
    group().when('SendMessage', { chatId, messageId, text, replyToId: null, entities: [...entities] }, by(member))

  test.each([
    ['the whole text', [entity('BOLD', 0, text.length)]],
    ['exactly the thumb', [entity('BOLD', 3, 2)]],
    ['one within another', [entity('BOLD', 0, 8), entity('ITALIC', 3, 2), entity('SPOILER', 0, 8)]],
    ['side by side', [entity('BOLD', 0, 2), entity('BOLD', 2, 1)]],
    ['a link', [link('https://example.org/?q=1')]],
    ['a mail address', [link('mailto:ann@example.org')]],
    ['a telephone', [link('tel:+74951234567')]],
    ['a bold mention', [at(owner), entity('BOLD', 0, 2)]],
    ['a hundred', Array.from({ length: 100 }, (_, i) => entity(i % 2 ? 'BOLD' : 'ITALIC', 0, 1)).slice(0, 2)],
  ])('%s', (_name, entities) => {
    send(entities)().then([
      MessageSent(
        {
          messageId,
          authorId: member,
          replyToId: null,
          mentions: entities.flatMap(e => e.userId ?? []),
          fileIds: [],
          imageFileIds: [],
        },
        { body: text, entities: [...entities], fileNames: [] },
      ),
    ])
  })

  test.each([
    ['beyond the end', [entity('BOLD', 0, text.length + 1)]],
    ['behind the end', [entity('BOLD', text.length, 1)]],
    ['before the beginning', [entity('BOLD', -1, 2)]],
    ['of no length', [entity('BOLD', 0, 0)]],
    ['of a length below zero', [entity('BOLD', 2, -1)]],
    ['from the middle of a character', [entity('BOLD', 4, 2)]],
    ['to the middle of a character', [entity('BOLD', 3, 1)]],
    ['that cross', [entity('BOLD', 0, 3), entity('ITALIC', 2, 6)]],
    ['two of a kind, one within the other', [entity('BOLD', 0, 3), entity('BOLD', 1, 1)]],
    ['within code', [entity('CODE', 0, 3), entity('BOLD', 0, 1)]],
    ['around code', [entity('BOLD', 0, 3), entity('PRE', 0, 1)]],
    ['a link that is a mention', [link('https://example.org'), at(owner)]],
    ['a link to nowhere', [entity('LINK', 0, 2)]],
    ['a script', [link('javascript:alert(1)')]],
    ['a script in capitals, behind a space', [link(' JaVaScRiPt:alert(1)')]],
    ['a script over two lines', [link('java\nscript:alert(1)')]],
    ['data', [link('data:text/html,<script>alert(1)</script>')]],
    ['a file', [link('file:///etc/passwd')]],
    ['a path', [link('/etc/passwd')]],
    ['a link of 2,049 characters', [link(`https://example.org/${'x'.repeat(2_029)}`)]],
    ['a URL of what is no link', [entity('BOLD', 0, 2, { url: 'https://example.org' })]],
    ['a mention of nobody', [entity('MENTION', 0, 2)]],
    ['a user of what is no mention', [entity('BOLD', 0, 2, { userId: owner })]],
    ['101', Array.from({ length: 101 }, () => entity('BOLD', 0, 1))],
  ])('refuses: %s', (_name, entities) => {
    expect(send(entities)).toThrow(/"entities"/)
  })
})

describe('mentions', () => {
  const send = { chatId, messageId, text: 'hi you', replyToId: null }
  const sent = (mentions: string[], entities: MessageEntity[] = []) => [
    MessageSent(
      { messageId, authorId: member, replyToId: null, mentions, fileIds: [], imageFileIds: [] },
      { body: 'hi you', entities, fileNames: [] },
    ),
  ]
  test('those who are named and those of entities, each once', () => {
    const entities = [at(owner), at(reader, 3)]
    group()
      .when('SendMessage', { ...send, mentionedUserIds: [admin, owner, admin], entities }, by(member))
      .then(sent([admin, owner, reader], entities))
  })
  test('only people of the chat', () => {
    for (const mentionedUserIds of [[stranger], [owner, newId()]])
      group()
        .when('SendMessage', { ...send, mentionedUserIds }, by(member))
        .rejects('INVALID_INPUT')
    group()
      .when('SendMessage', { ...send, entities: [at(stranger)] }, by(member))
      .rejects('INVALID_INPUT')
    group(ParticipantRemoved({ userId: reader }))
      .when('SendMessage', { ...send, mentionedUserIds: [reader] }, by(member))
      .rejects('INVALID_INPUT')
    expect(() => group().when('SendMessage', { ...send, mentionedUserIds: Array(51).fill(owner) }, by(member))).toThrow(
      'At most 50',
    )
  })

  const before: MessageFacts = {
    ...{ chatId, authorId: member, body: 'hi you', entities: [at(owner)], mentions: [reader, owner] },
    ...{ sequence: 5, version: 5, deleted: false, pinned: false },
  }
  const edit = (more: object) =>
    [{ chatId, messageId, text: 'hi you', ...more }, by(member, { message: before })] as const
  const edited = (text: string, mentions: string[], entities: MessageEntity[] = []) => [
    MessageEdited({ messageId, mentions }, { body: text, entities }),
  ]
  test('left out in an edit they stay with the text, and go with it', () => {
    group()
      .when('EditMessage', ...edit({}))
      .then([])
    group()
      .when('EditMessage', ...edit({ text: 'ho' }))
      .then(edited('ho', []))
    group()
      .when('EditMessage', ...edit({ entities: [] }))
      .then(edited('hi you', []))
    group()
      .when('EditMessage', ...edit({ mentionedUserIds: [] }))
      .then(edited('hi you', [owner], [at(owner)]))
    group()
      .when('EditMessage', ...edit({ mentionedUserIds: [reader], entities: [at(owner)] }))
      .then([])
  })
  test('who is mentioned already may stay so after leaving', () => {
    const without = group(ParticipantRemoved({ userId: reader }))
    without.when('EditMessage', ...edit({ text: 'ho', mentionedUserIds: [reader] })).then(edited('ho', [reader]))
    without.when('EditMessage', ...edit({ text: 'ho', mentionedUserIds: [stranger] })).rejects('INVALID_INPUT')
  })
})

test('what was said before there were mentions reads as without any, erased or not', () => {
  const raw = (type: string, data: object, personal: object | null): RawEvent => ({
    ...{ id: newId(), stream: `chat-${chatId}`, revision: 1, position: 1n, at: new Date(0), tenant: null },
    ...{ actor: member, command: newId(), type, v: 1, bump: false, data: JSON.stringify(data) },
    personal: personal && JSON.stringify(personal),
  })
  const sent = { messageId, authorId: member, replyToId: null }
  expect(decode(chatEvents, raw('MessageSent', sent, { body: 'x' }))).toMatchObject({
    data: { ...sent, mentions: [] },
    personal: { body: 'x', entities: [], fileNames: [] },
  })
  expect(decode(chatEvents, raw('MessageEdited', { messageId }, { body: 'x' }))).toMatchObject({
    data: { messageId, mentions: [] },
    personal: { body: 'x', entities: [] },
  })
  expect(decode(chatEvents, raw('MessageSent', sent, null)).personal).toBeNull()
})
