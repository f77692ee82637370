import { newId, system } from '../../src/kernel/id.ts'
import { byAdmin, found, type Moves, ofFile, own, title, undo, version } from './making.ts'
import { actorOf } from './world.ts'

/** Moves of accounts and files. */
export const people: Moves = {
  CreateUserAccount: [
    2,
    (world, draw) => {
      const userId = newId()
      const name = `u${userId.slice(-12)}`
      const { email, handle } = draw.chance(0.3)
        ? draw.any(world.people)
        : { email: `${name}@example.org`, handle: name }
      const admin = draw.chance(0.3)
      const actor = draw.chance(0.5) ? system : userId
      const input = { userId, email, handle, displayName: name, ...(admin ? { platformRole: 'ADMIN' } : {}) }
      return { input, actor, done: () => world.people.push({ id: userId, email, handle }) }
    },
  ],
  AuthenticateUser: [1, own(() => ({ sessionId: newId() }))],
  Logout: [1, own(() => ({ sessionIds: [newId()] }))],
  EndSession: [1, own(() => ({ sessionId: newId() }))],
  VerifyEmail: [1, own()],
  ResetPassword: [1, own()],
  ChangePassword: [1, own()],
  UpdateProfile: [
    3,
    (world, draw) => {
      const { input, actor } = own()(world, draw)
      const mine = world.files.filter(file => file.by === actor || draw.chance(0.1))
      const handle = draw.chance(0.4) ? { handle: draw.any(world.people).handle } : {}
      const picture = draw.chance(0.5) ? { avatarFileId: draw.chance(0.2) ? null : draw.id(mine) } : {}
      return { input: { ...input, displayName: title(draw), ...handle, ...picture, ...version(draw) }, actor }
    },
  ],
  UpdateSettings: [
    1,
    own((_, draw) => ({
      locale: draw.any(['ru-RU', 'en', 'no language']),
      timeZone: draw.any([null, 'Europe/Moscow']),
    })),
  ],
  DeleteAccount: [
    1,
    (world, draw) =>
      (world.gone.size < 2 ? own(undefined, (w, userId) => void w.gone.add(userId)) : own(() => ({ userId: newId() })))(
        world,
        draw,
      ),
  ],
  ChangePlatformRole: [2, byAdmin(draw => ({ role: draw.any(['USER', 'AGENT', 'ADMIN']) }))],
  DisableUser: [2, byAdmin(draw => ({ reason: draw.any([null, 'spam']) }))],
  EnableUser: [2, undo('DisableUser', byAdmin())],
  Notify: [
    2,
    own(() => ({
      ...{ notificationId: newId(), category: 'SYSTEM', kind: 'PASSWORD_CHANGED' },
      ...{ by: null, subject: null, chatId: null },
    })),
  ],
  MarkNotificationsAsRead: [
    3,
    own((world, draw) => ({
      target: draw.any([
        { createdUpTo: new Date().toISOString() },
        { chatId: draw.id(world.chats) },
        { ids: [newId()] },
      ]),
    })),
  ],
  UpdateNotificationPreferences: [
    1,
    own((_, draw) => ({
      preferences: [
        { category: draw.any(['MENTION', 'SYSTEM']), channels: draw.any([[], ['IN_APP'], ['EMAIL'], ['TELEGRAM']]) },
      ],
    })),
  ],
  CreateFileUpload: [
    4,
    (world, draw) => {
      const actor = actorOf(world, draw, undefined)
      const input = {
        fileId: newId(),
        name: draw.chance(0.1) ? '../a' : 'a.png',
        contentType: 'image/png',
        size: 5,
        sha256: null,
      }
      return { input, actor, done: () => world.files.push({ id: input.fileId, by: actor }) }
    },
  ],
  CompleteFileUpload: [
    5,
    ofFile(draw => ({ found: draw.any([found, found, found, null, { good: false, reason: 'It is empty.' }]) })),
  ],
  DeleteFile: [1, ofFile()],
  RejectFile: [2, ofFile(() => ({ reason: 'It was not completed in time.' }), true)],
  DropFile: [1, ofFile(undefined, true)],
}
