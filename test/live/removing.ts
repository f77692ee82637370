import { expect } from 'vitest'
import { eventually, type Loose, openGroup, type Person, participantId, register } from '../client.ts'
import { act, done } from './acts.ts'
import { openRaw } from './raw.ts'
import { innerId, sql } from './subscribing.ts'

export interface Removing {
  url: string
  databaseUrl: string
  random: () => number
  rounds: number
  writers: number
}

const message = 'id version body'
const chatFeed = `subscription ($id: ID!, $after: StreamPosition) { chatEvents(chatId: $id, after: $after) { position event { __typename
  ... on MessageSent { edge { node { ${message} } } chat { title lastMessage { ${message} } } }
  ... on MessageEdited { message { ${message} chat { title lastMessage { ${message} } } } }
  ... on MessagesMarkedAsRead { chat { title lastMessage { ${message} } } }
  ... on StreamClosed { reason } } } }`
const inboxFeed = `subscription ($after: StreamPosition) { inbox(after: $after) { position event { __typename
  ... on UnreadCountChanged { chat { id title lastMessage { ${message} } } }
  ... on ChatUpdated { chat { title lastMessage { ${message} } } }
  ... on ChatRemoved { removedChatId cause } } } }`

/** Somebody is removed while many write: nothing that was written afterwards may ever reach them. */
export async function removeWhileWriting({ url, databaseUrl, random, rounds, writers }: Removing): Promise<void> {
  const [ann, ...people] = (await Promise.all(['Ann', 'Bob', 'Cid', 'Dot'].map(name => register(url, name)))) as [
    Person,
    ...Person[],
  ]
  const bob = await register(url, 'Removed')
  for (let round = 0; round < rounds; round++) {
    const chat = await openGroup(ann, [bob, ...people])
    const bobs = await participantId(ann, chat.id, bob)
    const { viewer } = await bob.ask('{ viewer { inboxPosition } }')
    const talk = startTalk([ann, ...people], chat.id, writers)
    const removeAfter = writers + random() * writers * 4
    await eventually(() => talk.said() > removeAfter / 2)
    // He replays what was said so far while the rows behind it go on changing.
    const raw = await openRaw(url, bob)
    raw.subscribe('chat', chatFeed, { id: chat.id, after: chat.position })
    raw.subscribe('inbox', inboxFeed, { after: viewer.inboxPosition })
    await eventually(() => talk.said() > removeAfter)
    await done(ann, 'removeParticipant', { participantId: bobs })
    talk.removed()
    const afterwards = talk.said()
    await eventually(() => talk.said() > afterwards + writers)
    await talk.stop()
    await eventually(
      () => raw.messages.some(m => m.id === 'chat' && m.type === 'complete'),
      15_000,
      'the end of the feed',
    )
    await eventually(() => raw.frames('inbox').some(f => f?.event?.__typename === 'ChatRemoved'), 15_000, 'ChatRemoved')
    raw.socket.terminate()
    const [removal] = await sql<{ revision: string }>(
      databaseUrl,
      "select revision from events where stream = $1 and type = 'ParticipantRemoved'",
      [`chat-${innerId(chat.id)}`],
    )
    const last = raw.frames('chat').at(-1)
    expect(last?.event).toEqual({ __typename: 'StreamClosed', reason: 'ACCESS_REVOKED' })
    expect(JSON.stringify(raw.messages)).not.toContain('after the removal')
    expect(Math.max(-1, ...versionsIn(raw.messages))).toBeLessThan(Number(removal?.revision))
  }
}

/** Many send, and edit what they have sent; what they write says whether it was after the removal. */
function startTalk(people: readonly Person[], chatId: string, writers: number) {
  let said = 0
  let over = false
  let when = 'before the removal'
  const write = async (who: Person) => {
    const first = await act(who, 'sendMessage', { chatId, content: { text: `${when} 0` } }, 'edge { node { id } }')
    for (let i = 1; !over; i++) {
      if (i % 2) await act(who, 'editMessage', { messageId: first.edge.node.id, body: `${when} ${i}` })
      else await act(who, 'sendMessage', { chatId, content: { text: `${when} ${i}` } })
      said++
    }
  }
  const writing = Array.from({ length: writers }, (_, i) => write(people[i % people.length] as Person))
  return {
    said: () => said,
    removed: () => {
      when = 'after the removal'
    },
    stop: () => {
      over = true
      return Promise.all(writing)
    },
  }
}

/** The versions of all messages in an answer: the revision of their last change. */
function versionsIn(value: Loose): number[] {
  if (value === null || typeof value !== 'object') return []
  const inner = Object.values(value).flatMap(versionsIn)
  return typeof value.version === 'number' ? [value.version, ...inner] : inner
}
