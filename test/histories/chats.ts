import { newId, nobody } from '../../src/kernel/id.ts'
import {
  about,
  aboutMessage,
  asOneself,
  chatRoles,
  emojis,
  insider,
  type Moves,
  note,
  oneOf,
  title,
  undo,
  version,
} from './making.ts'
import { actorOf } from './world.ts'

/** Moves in chats. */
export const chats: Moves = {
  CreateChat: [
    4,
    (world, draw) => {
      const kind = draw.any(['GROUP', 'COMPANY', 'GROUP', 'COMPANY', 'DIRECT'])
      const company =
        kind === 'COMPANY' || draw.chance(0.03) ? oneOf(world.companies, draw.id(world.companies)) : undefined
      const actor = actorOf(world, draw, company)
      const near = company && draw.chance(0.8) ? company.people : world.people.map(person => person.id)
      const participantIds = kind === 'DIRECT' ? [draw.any(near)] : draw.some(near)
      const input = {
        chatId: newId(),
        kind,
        title: kind === 'DIRECT' ? null : title(draw),
        companyId: company?.id ?? null,
        participantIds,
      }
      return {
        input,
        actor,
        done: () => world.chats.push({ id: input.chatId, by: actor, people: [actor, ...participantIds] }),
      }
    },
  ],
  UpdateChat: [
    4,
    about((world, draw) => ({
      title: title(draw),
      ...(draw.chance(0.4) ? { avatarFileId: draw.id(world.files) } : {}),
      ...version(draw),
    })),
  ],
  ArchiveChat: [2, about()],
  RestoreChat: [3, undo('ArchiveChat', about())],
  DeleteChat: [
    1,
    about(
      (_, draw) => version(draw),
      (world, { chatId }) =>
        void world.chats.splice(
          world.chats.findIndex(chat => chat.id === chatId),
          1,
        ),
    ),
  ],
  AddParticipants: [
    5,
    about(
      (world, draw) => ({
        participantIds: [draw.id(world.people), ...draw.some(world.people).map(p => p.id)].slice(0, 2),
        role: draw.any(chatRoles),
      }),
      (world, { chatId, participantIds }) =>
        oneOf(world.chats, String(chatId))?.people.push(...(participantIds as string[])),
    ),
  ],
  ChangeParticipantRole: [
    3,
    about((world, draw, chatId) => ({
      userId: insider(world, draw, chatId),
      role: draw.any(chatRoles),
      ...version(draw),
    })),
  ],
  RemoveParticipant: [4, about((world, draw, chatId) => ({ userId: insider(world, draw, chatId) }))],
  RemoveFormerMember: [
    1,
    (world, draw) => ({ ...about((w, d, chatId) => ({ userId: insider(w, d, chatId) }))(world, draw), actor: nobody }),
  ],
  ArchiveWithCompany: [1, (world, draw) => ({ ...about()(world, draw), actor: nobody })],
  // Only the house may, when an account is deleted.
  RemoveDeletedAccount: [1, about((w, d, chatId) => ({ userId: insider(w, d, chatId) }))],
  // Only the house may as well, when a file is deleted.
  NoteRemovedFile: [1, about((w, d) => ({ messageId: d.id(w.messages), fileId: d.id(w.files) }))],
  LeaveChat: [3, about()],
  SendMessage: [
    26,
    (world, draw) => {
      const chatId = draw.id(world.chats)
      const chat = oneOf(world.chats, chatId)
      const actor = actorOf(world, draw, chat && { ...chat, by: draw.any(chat.people) })
      const mine = world.files.filter(file => file.by === actor || draw.chance(0.05))
      const template = draw.chance(0.12) && {
        templateId: draw.id(world.templates),
        variables: [{ name: draw.chance(0.1) ? 'which' : 'what', value: '7' }],
      }
      const fileIds = draw.chance(0.2) && mine.length ? [draw.id(mine)] : []
      const who = draw.any(chat?.people ?? [actor])
      const entities =
        !template && draw.chance(0.1) ? [{ kind: 'MENTION', offset: 0, length: 4, url: null, userId: who }] : []
      const input = {
        ...{ chatId, messageId: newId(), entities, fileIds },
        text: template || (fileIds.length && draw.chance(0.3) && !entities.length) ? null : note(draw),
        replyToId: draw.chance(0.15) ? draw.id(world.messages) : null,
        mentionedUserIds: draw.chance(0.35) ? [draw.chance(0.9) ? who : draw.id(world.people)] : [],
        ...(template ? { template } : {}),
      }
      return { input, actor, done: () => world.messages.push({ id: input.messageId, chatId, by: actor }) }
    },
  ],
  EditMessage: [
    5,
    aboutMessage((draw, world) => ({
      text: note(draw),
      ...(draw.chance(0.4) ? { mentionedUserIds: [draw.id(world.people)] } : {}),
      ...version(draw),
    })),
  ],
  DeleteMessage: [3, aboutMessage()],
  AddReaction: [5, aboutMessage(draw => ({ emoji: draw.any(emojis) }))],
  RemoveReaction: [
    2,
    undo(
      'AddReaction',
      aboutMessage(draw => ({ emoji: draw.any(emojis) })),
    ),
  ],
  PinMessage: [5, aboutMessage()],
  UnpinMessage: [3, undo('PinMessage', aboutMessage())],
  MarkMessagesAsRead: [
    8,
    (world, draw) => {
      const { input, actor } = aboutMessage()(world, draw)
      const reader = draw.chance(0.8) ? draw.any(oneOf(world.chats, String(input.chatId))?.people ?? [actor]) : actor
      const userId = world.gone.has(reader) ? actor : reader
      return { input: { ...input, userId }, actor: userId }
    },
  ],
  MuteChat: [
    4,
    (world, draw) =>
      asOneself(
        about((_, d) => ({ until: d.any([null, '2100-01-01T00:00:00.000Z', '2001-01-01T00:00:00.000Z']) }))(
          world,
          draw,
        ),
      ),
  ],
  UnmuteChat: [2, (world, draw) => asOneself(undo('MuteChat', about())(world, draw))],
}
