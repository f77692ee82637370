import { v5 } from 'uuid'
import { deriveHandle } from '../../domain/userAccount/graphql/handle.ts'
import type { Request } from '../../kernel/request.ts'
import { randomOf } from './random.ts'
import { corrections, fill, type Language, mentions, people, texts, titles } from './words.ts'

// The whole of it follows from the numbers given, so that a run can be broken off and begun again: what is there already is
// known by its command. With more messages or chats it goes on where it was; other people are other chats.

export interface World {
  seed: number
  users: number
  chats: number
  messages: number
}

const space = '6f1f4c9e-6f0b-4f57-9b6e-0d8d1c7f5a11'
const idOf = (...name: (string | number)[]) => v5(name.join('/'), space)

export interface Person {
  id: string
  displayName: string
  handle: string
  email: string
}
export function personAt({ seed }: World, i: number): Person {
  const random = randomOf(`${seed}/person/${i}`)
  const names = people[random.next() < 0.6 ? 'ru' : 'en']
  const displayName = `${random.any(names.first)} ${random.any(names.last)}`
  const handle = `${deriveHandle(displayName, 0)}.${seed}.${i + 1}`
  return { id: idOf('person', seed, i), displayName, handle, email: `${handle}@example.org` }
}

export interface Chat {
  id: string
  language: Language
  /** Null: a direct chat. */
  title: string | null
  /** Numbers of its people; the first opened it. */
  members: readonly number[]
}
export function chatAt(world: World, i: number): Chat {
  const random = randomOf(`${world.seed}/chat/${world.users}/${i}`)
  const language = i % 3 === 1 ? 'en' : 'ru'
  const id = idOf('chat', world.seed, world.users, i)
  // Every fourth is of two people, another pair each time; when there are no more, it is a group.
  const turn = Math.floor(i / 4 / world.users) + 1
  if (i % 4 === 3 && turn * 2 < world.users) {
    const one = Math.floor(i / 4) % world.users
    const pair = [one, (one + turn) % world.users].sort((a, b) => a - b)
    return { id: idOf('pair', world.seed, ...pair), language, title: null, members: pair }
  }
  const size = Math.min(world.users, 2 + Math.floor(random.next() ** 3 * 30))
  const members = new Set([random.below(world.users)])
  if (i % 3 === 0) members.add(0) // somebody who sees much of it, for a demo
  while (members.size < size) members.add(random.below(world.users))
  return { id, language, title: fill(random.any(titles[language]), language, random), members: [...members] }
}

/** How many messages each chat has: a few have most of them. */
export function sharesOf({ chats, messages }: World): number[] {
  const weights = Array.from({ length: chats }, (_, i) => (i + 1) ** -0.7)
  const sum = weights.reduce((a, b) => a + b, 0)
  const shares = weights.map(weight => Math.floor((messages * weight) / sum))
  const rest = messages - shares.reduce((a, b) => a + b, 0)
  return shares.map((share, i) => share + Math.floor(rest / chats) + (i < rest % chats ? 1 : 0))
}

/** A command, and the key of the one that has to be done before: it looks at what that one wrote. */
export interface Step {
  request: Request & { key: string }
  after: string | null
  /** Whether it is one of the messages that are counted. */
  counts: boolean
}

/** What is done for message `j` of a chat: it is sent, and now and then corrected. */
export function stepsOf(world: World, chat: Chat, j: number): Step[] {
  const random = randomOf(`${world.seed}/message/${chat.id}/${j}`)
  const author = random.any(chat.members)
  const actor = personAt(world, author).id
  const messageId = messageIdAt(chat, j)
  const written = fill(random.any(texts[chat.language]), chat.language, random)
  const others = chat.members.filter(member => member !== author)
  const named =
    chat.title !== null && others.length && random.next() < 0.07 ? personAt(world, random.any(others)) : null
  const name = `@${named?.handle}`
  const text = named ? mentions[chat.language].replace('{name}', name) + written : written
  const replyToId = j > 0 && random.next() < 0.1 ? messageIdAt(chat, j - 1 - random.below(Math.min(j, 12))) : null
  const about = { chatId: chat.id, messageId }
  const mentioned = named
    ? {
        mentionedUserIds: [named.id],
        entities: [{ kind: 'MENTION', offset: 0, length: name.length, url: null, userId: named.id }],
      }
    : {}
  const send = { type: 'SendMessage', actor, key: messageId, input: { ...about, text, replyToId, ...mentioned } }
  const steps: Step[] = [{ request: send, after: replyToId, counts: true }]
  if (!named && random.next() < 0.03) {
    const input = { ...about, text: written + corrections[chat.language] }
    const edit = { type: 'EditMessage', actor, key: idOf('edit', messageId), input }
    steps.push({ request: edit, after: messageId, counts: false })
  }
  return steps
}
const messageIdAt = (chat: Chat, j: number) => idOf('message', chat.id, j)

/** How far each of its people has read: most of them all, some not for a while. */
export function readingOf(world: World, chat: Chat, messages: number): Step[] {
  if (!messages) return []
  return chat.members.map(member => {
    const random = randomOf(`${world.seed}/reading/${chat.id}/${member}/${messages}`)
    const upTo = random.next() < 0.7 ? messages - 1 : random.below(messages)
    const userId = personAt(world, member).id
    const messageId = messageIdAt(chat, upTo)
    const request = {
      type: 'MarkMessagesAsRead',
      actor: userId,
      key: idOf('read', userId, messageId),
      input: { chatId: chat.id, userId, messageId },
    }
    return { request, after: null, counts: false }
  })
}
