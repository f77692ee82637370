import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { CreateChat, Edit, MarkRead, Mute, Pin, React, Register, Send } from '../../docs/clients/writes.ts'
import { eventually, type Loose, openGroup, type Person, password, personOf, register, send } from '../client.ts'
import { act } from '../live/acts.ts'
import { globalId, innerId } from '../live/subscribing.ts'
import { type Cached, fresh, type Kind, lookAtInvitations, openCached, whole } from './cached.ts'
import { foundCompanies } from './in-companies.ts'

export interface Story {
  kind: Kind
  url: string
  random: () => number
  /** How much happens before and after the middle. */
  steps: number
  /** Called in the middle of it all: the server goes and comes back. */
  middle: () => Promise<unknown>
}

/**
 * Ann registers with a client that has a cache, opens chats, founds companies, writes and reads; others do all that they may
 * in them, while the server goes and comes back. In the end her cache has to be what the network says.
 */
export async function tellStory({ kind, url, random, steps, middle }: Story): Promise<void> {
  const client = openCached(kind, url)
  const email = `${crypto.randomUUID()}@example.com`
  const { tokens, viewer } = await client.mutate(Register, { email, password, displayName: 'Ann' })
  client.session.set(tokens)
  try {
    const ann = personOf(url, { id: viewer.user.id, email, password, ...tokens })
    const others = await Promise.all(['Bob', 'Cid', 'Dot'].map(name => register(url, name)))
    const [bob] = others as [Person]
    client.keepInbox()
    const chats = await openChats(client, others)
    const office = await foundCompanies({ client, ann, others, random })
    const scene: Scene = { client, ann: ann.id, others, chats, said: [], random }
    const half = async () => {
      for (const [at, move] of office.moves().entries()) {
        await move()
        if (at % 2) await something(scene)
      }
      for (let step = 0; step < steps; step++) await something(scene)
    }
    await half()
    await Promise.all([
      middle(),
      ...Array.from({ length: 5 }, () => send(bob, chats[0] as string, 'meanwhile').catch(() => null)),
      ...office.meanwhile(),
    ])
    await half()
    for (const chatId of chats) await act(bob, 'restoreChat', { chatId })
    await openGroup(bob, [ann], 'the last one')
    await office.last()
    await agrees(kind, url, client, chats)
    const { rooms, lists, companies } = whole(client, chats)
    for (const list of Object.values(lists.viewer) as Loose[]) if (list?.edges) expect(list.edges).not.toEqual([])
    expect(rooms.length).toBeGreaterThan(0)
    expect(companies.length).toBeGreaterThan(1)
  } finally {
    await client.close()
  }
}

/** Chats that Bob owns as well. */
async function openChats(client: Cached, others: readonly Person[]): Promise<string[]> {
  const chats: string[] = []
  const participantIds = others.slice(0, 2).map(other => other.id)
  for (const title of ['One', 'Two']) {
    const input = { kind: 'GROUP', title, participantIds, idempotencyKey: crypto.randomUUID() }
    const { id } = (await client.mutate(CreateChat, input)).edge.node
    chats.push(id)
    client.keepChat(id)
    const participantId = globalId('ChatParticipant', `${innerId(id)}.${innerId(participantIds[0] ?? '')}`)
    await client.mutate(promoting, { participantId, role: 'OWNER' })
  }
  return chats
}
const promoting = `mutation ($input: ChangeParticipantRoleInput!) { changeParticipantRole(input: $input) {
  ... on ChangeParticipantRolePayload { participant { __typename id version role } } ... on Error { code message } } }`

/** Waits until a cache says what the network says. */
export async function agrees(kind: Kind, url: string, client: Cached, chats: readonly string[]): Promise<void> {
  const accessToken = (await client.session.token(false)) ?? ''
  let expected: Loose
  const same = async () => {
    await lookAtInvitations(client)
    expected = await fresh(kind, url, { accessToken, refreshToken: '' }, chats)
    return isDeepStrictEqual(whole(client, chats), expected)
  }
  await eventually(same, 15_000).catch(() => undefined)
  expect(whole(client, chats)).toEqual(expected)
}

interface Scene {
  client: Cached
  ann: string
  others: readonly Person[]
  chats: string[]
  said: { id: string; chatId: string; own: boolean }[]
  random: () => number
}

/** One random thing that Ann does with her client, or somebody else does; some of it is refused. */
async function something({ client, ann, others, chats, said, random }: Scene): Promise<void> {
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const chatId = any(chats)
  const who = any(others.slice(0, 2))
  const text = `${random()}`
  const message = any(said) ?? { id: chatId, chatId, own: false }
  const participantOf = (id: string) => globalId('ChatParticipant', `${innerId(chatId)}.${innerId(id)}`)
  if (random() < 0.25) {
    const [emoji, mark] = [any(['👍', '🎉']), random()]
    const messageId = message.id
    if (mark < 0.2) await client.mutate(React, { messageId, emoji })
    else if (mark < 0.4) await act(who, 'addReaction', { messageId, emoji })
    else if (mark < 0.5) await act(who, 'removeReaction', { messageId, emoji })
    else if (mark < 0.7) await client.mutate(Pin, { messageId })
    else if (mark < 0.8) await act(who, 'unpinMessage', { messageId })
    else if (mark < 0.9) await client.mutate(Mute, { chatId })
    else await act(who, 'sendMessage', { chatId, content: { text: 'Ann!' }, mentionedUserIds: [ann] })
    return
  }
  const what = random()
  if (what < 0.2) {
    const input = { chatId, content: { text }, idempotencyKey: crypto.randomUUID() }
    const { edge } = await client.mutate(Send, input)
    if (edge) said.push({ id: edge.node.id, chatId, own: true })
  } else if (what < 0.4) {
    const { edge } = await act(who, 'sendMessage', { chatId, content: { text } }, 'edge { node { id } }')
    if (edge) said.push({ id: edge.node.id, chatId, own: false })
  } else if (what < 0.5) {
    if (message.own) await client.mutate(Edit, { messageId: message.id, body: text })
    else await act(who, 'editMessage', { messageId: message.id, body: text })
  } else if (what < 0.56) await act(who, 'deleteMessage', { messageId: message.id })
  else if (what < 0.62) await client.mutate(MarkRead, { chatId: message.chatId, upToMessageId: message.id })
  else if (what < 0.66) await act(who, 'markMessagesAsRead', { chatId, upToMessageId: message.id })
  else if (what < 0.72) await act(who, 'addParticipants', { chatId, userIds: [(others[2] as Person).id] })
  else if (what < 0.77) await act(who, 'removeParticipant', { participantId: participantOf((others[2] as Person).id) })
  else if (what < 0.81)
    await act(who, 'changeParticipantRole', { participantId: participantOf(ann), role: any(['MEMBER', 'OWNER']) })
  else if (what < 0.87) await act(who, 'updateChat', { chatId, title: text })
  else if (what < 0.9) await act(who, 'archiveChat', { chatId })
  else if (what < 0.95) await act(who, 'restoreChat', { chatId })
  else {
    const opened = await openGroup(who, [{ ...who, id: ann }], text)
    if (random() < 0.5) await act(who, 'deleteChat', { chatId: opened.id })
  }
}
