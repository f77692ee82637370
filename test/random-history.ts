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

/** People who do all sorts of things in chats, many of them refused. Which, depends on the seed; their ids do not. */
export async function randomHistory(
  tell: Workshop['dispatch'],
  seed: number,
  steps: number,
  atOnce = 6,
): Promise<number> {
  const random = seeded(seed)
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const users = await Promise.all(Array.from({ length: 6 }, () => newUser(tell)))
  const chats = [newId(), newId(), newId()]
  const messages: { chatId: string; messageId: string }[] = []
  for (const chatId of chats)
    await done(
      tell(
        'CreateChat',
        { chatId, kind: 'GROUP', title: 'One of three', participantIds: users.slice(0, 4) },
        users[0] ?? '',
      ),
    )

  const moves: (() => [type: string, input: object])[] = [
    ...Array.from({ length: 8 }, () => () => {
      const message = { chatId: any(chats), messageId: newId() }
      const replyToId = messages.length && random() < 0.3 ? any(messages).messageId : null
      messages.push(message)
      return ['SendMessage', { ...message, text: `text ${random()}`, replyToId }] as [string, object]
    }),
    () => ['EditMessage', { ...any(messages), text: `edited ${random()}` }],
    () => ['EditMessage', { ...any(messages), text: `edited ${random()}` }],
    () => ['DeleteMessage', any(messages)],
    () => ['MarkMessagesAsRead', { ...any(messages), userId: any(users) }],
    () => ['AddParticipants', { chatId: any(chats), participantIds: [any(users), any(users)], role: any(roles) }],
    () => ['ChangeParticipantRole', { chatId: any(chats), userId: any(users), role: any(roles) }],
    () => ['RemoveParticipant', { chatId: any(chats), userId: any(users) }],
    () => ['LeaveChat', { chatId: any(chats) }],
    () => ['UpdateChat', { chatId: any(chats), title: `title ${random()}` }],
    () => ['ArchiveChat', { chatId: any(chats) }],
    () => ['RestoreChat', { chatId: any(chats) }],
    () => ['RestoreChat', { chatId: any(chats) }],
    () => ['UpdateProfile', { userId: any(users), displayName: `name ${random()}` }],
    () => {
      const chatId = newId()
      if (random() < 0.3) chats.push(chatId)
      const kind = any(['DIRECT', 'GROUP'])
      return ['CreateChat', { chatId, kind, title: kind === 'GROUP' ? 'Another' : null, participantIds: [any(users)] }]
    },
    () =>
      random() < 0.1
        ? ['DeleteChat', { chatId: any(chats) }]
        : ['UpdateChat', { chatId: any(chats), title: `t ${random()}` }],
    () => (random() < 0.1 ? ['DeleteAccount', { userId: any(users) }] : ['RestoreChat', { chatId: any(chats) }]),
  ]

  let carriedOut = 0
  let left = steps
  const person = async () => {
    while (left-- > 0) {
      const [type, input] = messages.length ? any(moves)() : (moves[0] as (typeof moves)[number])()
      const actor =
        'userId' in input && type !== 'ChangeParticipantRole' && type !== 'RemoveParticipant'
          ? String(input.userId)
          : any(users)
      if (!((await tell(type, input, actor)) instanceof Rejection)) carriedOut++
    }
  }
  await Promise.all(Array.from({ length: atOnce }, person))
  return carriedOut
}
