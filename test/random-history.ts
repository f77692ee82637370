import { newId } from '../src/kernel/id.ts'
import { Rejection } from '../src/kernel/reject.ts'
import { done, newUser, type Workshop } from './workshop.ts'

/** Numbers from 0 to 1, the same ones for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const roles = ['OWNER', 'ADMIN', 'MEMBER', 'READER']

type Step = [type: string, input: object, actor: string]

/** What people do in chats, many of it refused: drawn from the seed alone, ids excepted. */
function draw(seed: number, count: number, users: readonly string[], chats: string[]): Step[] {
  const random = seeded(seed)
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const messages: { chatId: string; messageId: string; author: string }[] = []
  const inChat = (type: string, more: object = {}): Step => [type, { chatId: any(chats), ...more }, any(users)]
  const own = (type: string, more: object = {}): Step => {
    const { author, ...message } = any(messages)
    return [type, { ...message, ...more }, random() < 0.8 ? author : any(users)]
  }
  const ofUser = (userId: string, type: string, more: object = {}): Step => [type, { userId, ...more }, userId]

  const send = (): Step => {
    const message = { chatId: any(chats), messageId: newId() }
    const replyToId = messages.length && random() < 0.3 ? any(messages).messageId : null
    messages.push({ ...message, author: any(users) })
    const mentionedUserIds = random() < 0.2 ? [any(users)] : []
    const input = { ...message, text: `text ${random()}`, replyToId, mentionedUserIds }
    return ['SendMessage', input, messages.at(-1)?.author ?? '']
  }
  const create = (): Step => {
    const chatId = newId()
    if (random() < 0.3) chats.push(chatId)
    const kind = any(['DIRECT', 'GROUP'])
    const title = kind === 'GROUP' ? 'Another' : null
    return ['CreateChat', { chatId, kind, title, participantIds: [any(users)] }, any(users)]
  }
  const moves: (() => Step)[] = [
    ...[send, send, send, send, send, send, send, send, create],
    () => own('EditMessage', { text: `edited ${random()}`, mentionedUserIds: random() < 0.2 ? [any(users)] : [] }),
    () => own('EditMessage', { text: `edited ${random()}` }),
    () => own('DeleteMessage'),
    ...['AddReaction', 'AddReaction', 'RemoveReaction'].map(type => () => own(type, { emoji: any(['👍', '🎉', '❤️']) })),
    ...['PinMessage', 'PinMessage', 'UnpinMessage'].map(type => () => own(type)),
    () =>
      ofUser(any(users), 'MarkMessagesAsRead', { chatId: any(messages).chatId, messageId: any(messages).messageId }),
    () => own('MarkMessagesAsRead', { userId: any(users) }),
    () => ofUser(any(users), 'MuteChat', { chatId: any(chats), until: any([null, '2100-01-01T00:00:00.000Z']) }),
    () => ofUser(any(users), 'UnmuteChat', { chatId: any(chats) }),
    () => inChat('AddParticipants', { participantIds: [any(users), any(users)], role: any(roles) }),
    () => inChat('ChangeParticipantRole', { userId: any(users), role: any(roles) }),
    () => inChat('RemoveParticipant', { userId: any(users) }),
    () => inChat('LeaveChat'),
    () => inChat('UpdateChat', { title: `title ${random()}` }),
    () => inChat('ArchiveChat'),
    () => inChat('RestoreChat'),
    () => inChat('RestoreChat'),
    () => inChat(random() < 0.05 ? 'DeleteChat' : 'RestoreChat'),
    () => ofUser(any(users), 'UpdateProfile', { displayName: `name ${random()}` }),
    () => ofUser(any(users), random() < 0.1 ? 'DeleteAccount' : 'Logout', { sessionIds: [newId()] }),
  ]
  return Array.from({ length: count }, () => (messages.length ? any(moves) : send)())
}

/** Carries out a random history, several people at once. Answers with the types of the commands that went through. */
export async function randomHistory(tell: Workshop['dispatch'], seed: number, count: number): Promise<Set<string>> {
  const users = await Promise.all(Array.from({ length: 6 }, () => newUser(tell)))
  const chats = [newId(), newId(), newId()]
  for (const chatId of chats) {
    const input = { chatId, kind: 'GROUP', title: 'One of three', participantIds: users.slice(0, 4) }
    await done(tell('CreateChat', input, users[0] ?? ''))
  }
  const steps = draw(seed, count, users, chats)
  const went = new Set<string>()
  const people = Array.from({ length: 6 }, async () => {
    for (let step = steps.shift(); step; step = steps.shift())
      if (!((await tell(...step)) instanceof Rejection)) went.add(step[0])
  })
  await Promise.all(people)
  return went
}
