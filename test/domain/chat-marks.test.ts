import { describe, expect, test } from 'vitest'
import type { MessageFacts, ReactionFacts } from '../../src/domain/chat/chat.ts'
import { emojiOf } from '../../src/domain/chat/commands/emoji.ts'
import { chatEvents } from '../../src/domain/chat/events.ts'
import { newId } from '../../src/kernel/id.ts'
import { admin, archivedGroup, by, chatId, direct, group, member, owner, reader, stranger } from './people.ts'

const { MessagePinned, MessageUnpinned, MessageDeleted, ReactionAdded, ReactionRemoved } = chatEvents.make
const messageId = newId()
const message = (more: Partial<MessageFacts> = {}): MessageFacts => ({
  ...{ chatId, authorId: member, body: 'hello', entities: [], mentions: [], sequence: 5, version: 5 },
  ...{ deleted: false, pinned: false },
  ...more,
})
const emojis = ['👍', '❤️', '👨‍👩‍👧‍👦', '🇩🇪', '👍🏽', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿']

describe('an emoji', () => {
  test.each(emojis)('%s is one', emoji => expect(emojiOf(emoji)).toBe(emoji))
  test('has one spelling', () => expect(emojiOf('❤')).toBe('❤️'))
  test.each([
    '',
    'a',
    '1',
    '#',
    ' ',
    '👍👍',
    '👍 ',
    '👍a',
    ':+1:',
    '\u{1f1e9}',
    '\u200d',
    '\ufe0f',
    '\ud83d',
    '👍'.repeat(99),
  ])('%j is none', text => expect(emojiOf(text)).toBeNull())
})

describe('reactions', () => {
  const emoji = '👍'
  const wanted = { chatId, messageId, emoji }
  const facts = (mine: string[] = [], all = mine, more: Partial<MessageFacts> = {}) => ({
    message: message(more),
    reactions: { mine, all } satisfies ReactionFacts,
  })
  const added = (userId: string) => [ReactionAdded({ messageId, userId, emoji })]
  const some = (n: number) => Array.from({ length: n }, (_, i) => `emoji ${i}`)
  test('by all but readers, once, and taken back by anybody who reacted', () => {
    for (const actor of [owner, admin, member])
      group().when('AddReaction', wanted, by(actor, facts())).then(added(actor))
    group()
      .when('AddReaction', wanted, by(member, facts([emoji])))
      .then([])
    group()
      .when('AddReaction', { ...wanted, emoji: '❤' }, by(member, facts(['❤️'])))
      .then([])
    for (const actor of [member, reader])
      group()
        .when('RemoveReaction', wanted, by(actor, facts([emoji])))
        .then([ReactionRemoved({ messageId, userId: actor, emoji })])
    group()
      .when('RemoveReaction', wanted, by(member, facts([], [emoji])))
      .then([])
    group()
      .when('RemoveReaction', wanted, by(member, facts([emoji], [emoji], { deleted: true })))
      .then([])
  })
  test('at most 20 of one, and 50 emojis in all', () => {
    group()
      .when('AddReaction', wanted, by(member, facts(some(19))))
      .then(added(member))
    group()
      .when('AddReaction', wanted, by(member, facts(some(20))))
      .rejects('LIMIT_EXCEEDED')
    group()
      .when('AddReaction', wanted, by(member, facts([], some(49))))
      .then(added(member))
    group()
      .when('AddReaction', wanted, by(member, facts([], some(50))))
      .rejects('LIMIT_EXCEEDED')
    group()
      .when('AddReaction', wanted, by(member, facts([], [...some(49), emoji])))
      .then(added(member))
  })
  test('refusals', () => {
    group().when('AddReaction', wanted, by(reader, facts())).rejects('FORBIDDEN')
    group()
      .when('AddReaction', wanted, by(member, facts([], [], { deleted: true })))
      .rejects('STATE_CONFLICT')
    archivedGroup.when('AddReaction', wanted, by(owner, facts())).rejects('STATE_CONFLICT')
    archivedGroup.when('RemoveReaction', wanted, by(owner, facts([emoji]))).rejects('STATE_CONFLICT')
    for (const type of ['AddReaction', 'RemoveReaction'] as const) {
      group().when(type, wanted, by(stranger, facts())).rejects('NOT_FOUND')
      group()
        .when(type, wanted, by(member, { ...facts(), message: null }))
        .rejects('NOT_FOUND')
      group()
        .when(type, wanted, by(member, facts([], [], { chatId: newId() })))
        .rejects('NOT_FOUND')
    }
  })
})

describe('pins', () => {
  const wanted = { chatId, messageId }
  const facts = (more: Partial<MessageFacts> = {}, pinCount = 0) => ({ message: message(more), pinCount })
  test('by owners and admins, and by both of a direct chat', () => {
    const pinned = [MessagePinned({ messageId })]
    const unpinned = [MessageUnpinned({ messageId })]
    for (const actor of [owner, admin]) {
      group().when('PinMessage', wanted, by(actor, facts())).then(pinned)
      group()
        .when('PinMessage', wanted, by(actor, facts({ pinned: true })))
        .then([])
      group()
        .when('UnpinMessage', wanted, by(actor, facts({ pinned: true })))
        .then(unpinned)
      group().when('UnpinMessage', wanted, by(actor, facts())).then([])
    }
    for (const actor of [owner, member]) direct().when('PinMessage', wanted, by(actor, facts())).then(pinned)
  })
  test('at most 100', () => {
    group()
      .when('PinMessage', wanted, by(owner, facts({}, 99)))
      .then([MessagePinned({ messageId })])
    group()
      .when('PinMessage', wanted, by(owner, facts({}, 100)))
      .rejects('LIMIT_EXCEEDED')
  })
  test('refusals', () => {
    for (const type of ['PinMessage', 'UnpinMessage'] as const) {
      for (const actor of [member, reader]) group().when(type, wanted, by(actor, facts())).rejects('FORBIDDEN')
      group().when(type, wanted, by(stranger, facts())).rejects('NOT_FOUND')
      group()
        .when(type, wanted, by(owner, facts({ chatId: newId() })))
        .rejects('NOT_FOUND')
      archivedGroup.when(type, wanted, by(owner, facts())).rejects('STATE_CONFLICT')
    }
    group()
      .when('PinMessage', wanted, by(owner, facts({ deleted: true })))
      .rejects('STATE_CONFLICT')
  })
  test('a deletion unpins first', () => {
    group()
      .when('DeleteMessage', wanted, by(member, facts({ pinned: true })))
      .then([MessageUnpinned({ messageId }), MessageDeleted({ messageId })])
  })
})
