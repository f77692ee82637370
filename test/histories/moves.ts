import { createHash } from 'node:crypto'
import { invitationToken } from '../../src/domain/company/commands/index.ts'
import { newId, nobody, system } from '../../src/kernel/id.ts'
import { innFor } from '../company-people.ts'
import { actorOf, type Draw, type World } from './world.ts'

/** A command that somebody tells; `done`: what is known when it went through. */
export interface Move {
  input: Record<string, unknown>
  actor: string
  done?: () => void
}
type Make = (world: World, draw: Draw) => Move

const chatRoles = ['MEMBER', 'OWNER', 'ADMIN', 'READER']
const companyRoles = ['MEMBER', 'ADMIN', 'OWNER']
const oneOf = <T extends { id: string }>(of: readonly T[], id: string) => of.find(one => one.id === id)

const about =
  (
    make: (world: World, draw: Draw, chatId: string) => Record<string, unknown> = () => ({}),
    then?: (world: World, input: Record<string, unknown>) => void,
  ): Make =>
  (world, draw) => {
    const chatId = draw.id(world.chats)
    const input = { chatId, ...make(world, draw, chatId) }
    return { input, actor: actorOf(world, draw, oneOf(world.chats, chatId)), done: () => then?.(world, input) }
  }
const aboutMessage =
  (make: (draw: Draw, world: World) => Record<string, unknown> = () => ({})): Make =>
  (world, draw) => {
    const messageId = draw.id(world.messages)
    const message = oneOf(world.messages, messageId)
    const chatId = !message || draw.chance(0.05) ? draw.id(world.chats) : message.chatId
    const people = oneOf(world.chats, chatId)?.people ?? []
    return {
      input: { chatId, messageId, ...make(draw, world) },
      actor: actorOf(world, draw, message && { ...message, people }),
    }
  }
const ofCompany =
  (
    make: (world: World, draw: Draw, companyId: string) => Record<string, unknown> = () => ({}),
    then?: (world: World, input: Record<string, unknown>, actor: string) => void,
  ): Make =>
  (world, draw) => {
    const companyId = draw.id(world.companies)
    const input = { companyId, ...make(world, draw, companyId) }
    const actor = actorOf(world, draw, oneOf(world.companies, companyId))
    return { input, actor, done: () => then?.(world, input, actor) }
  }
/** What people do with their own account, and with their own part in a chat: the API says who they are. */
const own =
  (
    make: (world: World, draw: Draw) => Record<string, unknown> = () => ({}),
    then?: (world: World, userId: string) => void,
  ): Make =>
  (world, draw) => {
    const actor = actorOf(world, draw, undefined)
    return { input: { userId: actor, ...make(world, draw) }, actor, done: () => then?.(world, actor) }
  }
const byAdmin =
  (make: (draw: Draw) => Record<string, unknown> = () => ({})): Make =>
  (world, draw) => ({
    input: { userId: draw.id(world.people), ...make(draw) },
    actor: draw.chance(0.5) ? system : actorOf(world, draw, undefined),
  })
const ofFile =
  (make: (draw: Draw) => Record<string, unknown> = () => ({}), house = false): Make =>
  (world, draw) => {
    const fileId = draw.id(world.files)
    return {
      input: { fileId, ...make(draw) },
      actor: house ? nobody : actorOf(world, draw, oneOf(world.files, fileId)),
    }
  }
const ofTemplate =
  (make: (draw: Draw) => Record<string, unknown> = () => ({})): Make =>
  (world, draw) => {
    const templateId = draw.id(world.templates)
    const template = oneOf(world.templates, templateId)
    const companyId = template && draw.chance(0.9) ? template.companyId : draw.id(world.companies)
    return { input: { templateId, companyId, ...make(draw) }, actor: actorOf(world, draw, template) }
  }

/** Takes back what went through once, mostly; otherwise as `make` says. */
const undo =
  (type: string, make: Make): Make =>
  (world, draw) => {
    const found = world.went.filter(one => one.type === type && !world.gone.has(one.actor))
    const { input, actor } = found.length && draw.chance(0.8) ? draw.any(found.slice(-3)) : make(world, draw)
    return { input: { ...input }, actor }
  }
const title = (draw: Draw) => `title ${draw.below(4)}`
const note = (draw: Draw) => `note ${draw.below(1_000)}`
const version = (draw: Draw) => (draw.chance(0.2) ? { expectedVersion: draw.below(6) } : {})
const emojis = ['👍', '🎉', '❤️']
export const found = {
  good: true,
  contentType: 'image/png',
  sha256: 'ff',
  width: 1,
  height: 1,
  thumbnail: true,
  previewHash: null,
}
const derive = (purpose: string, of: string) =>
  createHash('sha256')
    .update(purpose + of)
    .digest()

const chats: Record<string, [weight: number, make: Make]> = {
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
const asOneself = (move: Move): Move => ({ ...move, input: { ...move.input, userId: move.actor } })
const insider = (world: World, draw: Draw, chatId: string): string =>
  draw.chance(0.8) ? draw.any(oneOf(world.chats, chatId)?.people ?? [newId()]) : draw.id(world.people)
const member = (world: World, draw: Draw, companyId: string): string =>
  draw.chance(0.8) ? draw.any(oneOf(world.companies, companyId)?.people ?? [newId()]) : draw.id(world.people)

const companies: Record<string, [weight: number, make: Make]> = {
  CreateCompany: [
    3,
    (world, draw) => {
      const actor = actorOf(world, draw, undefined)
      const input = {
        companyId: newId(),
        inn: innFor(draw.below(4)),
        name: title(draw),
        kpp: draw.any([null, '770701001']),
        ogrn: null,
        legalAddress: null,
      }
      return { input, actor, done: () => world.companies.push({ id: input.companyId, by: actor, people: [actor] }) }
    },
  ],
  UpdateCompany: [3, ofCompany((_, draw) => ({ name: title(draw), ...version(draw) }))],
  ArchiveCompany: [1, (world, draw) => ofCompany((_, d) => (draw.chance(0.5) ? {} : version(d)))(world, draw)],
  AddCompanyMember: [
    5,
    ofCompany(
      (world, draw) => ({ userId: draw.chance(0.03) ? null : draw.id(world.people), role: draw.any(companyRoles) }),
      (world, { companyId, userId }) =>
        userId && oneOf(world.companies, String(companyId))?.people.push(String(userId)),
    ),
  ],
  ChangeCompanyMemberRole: [
    5,
    ofCompany((world, draw, id) => ({
      userId: member(world, draw, id),
      role: draw.any(companyRoles),
      ...version(draw),
    })),
  ],
  RemoveCompanyMember: [5, ofCompany((world, draw, id) => ({ userId: member(world, draw, id) }))],
  InviteCompanyMember: [
    3,
    (world, draw) => {
      const { input, actor } = ofCompany()(world, draw)
      const { id: userId, email } = draw.any(world.people)
      const of = { companyId: String(input.companyId), invitationId: newId() }
      const { token, hash } = invitationToken(derive, of)
      return {
        input: {
          ...of,
          email: draw.chance(0.1) ? 'nobody@example.org' : email,
          role: draw.any(companyRoles),
          tokenHash: hash,
        },
        actor,
        done: () => world.invitations.push({ id: of.invitationId, companyId: of.companyId, token, userId }),
      }
    },
  ],
  RevokeCompanyInvitation: [
    2,
    undo('InviteCompanyMember', (world, draw) => {
      const { input, actor } = ofCompany()(world, draw)
      return { input: { ...input, invitationId: draw.id(world.invitations) }, actor }
    }),
  ],
  AcceptCompanyInvitation: [
    4,
    (world, draw) => {
      const invitation = draw.any(world.invitations.length ? world.invitations.slice(-3) : [undefined])
      const made = invitation?.token ?? invitationToken(derive, { companyId: newId(), invitationId: newId() }).token
      const actor =
        invitation && !world.gone.has(invitation.userId) && draw.chance(0.8)
          ? invitation.userId
          : actorOf(world, draw, undefined)
      return { input: { token: made }, actor }
    },
  ],
  CreateTemplate: [
    3,
    ofCompany(
      (_, draw) => ({ templateId: newId(), name: title(draw), body: draw.chance(0.1) ? '{{' : 'note {{what}}' }),
      (world, { templateId, companyId }, by) =>
        world.templates.push({ id: String(templateId), companyId: String(companyId), by }),
    ),
  ],
  UpdateTemplate: [
    2,
    ofTemplate(draw => ({
      name: title(draw),
      body: draw.any(['note {{what}}', 'note {{what}}, please']),
      ...version(draw),
    })),
  ],
  DeleteTemplate: [1, ofTemplate()],
}

const people: Record<string, [weight: number, make: Make]> = {
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

/** How each command of the house is made up, and how often: one that is missing here fails the test of histories. */
export const moves: Readonly<Record<string, [weight: number, make: Make]>> = { ...chats, ...companies, ...people }
const wheel = Object.entries(moves).flatMap(([type, [weight]]) => Array.from({ length: weight }, () => type))
const junk = [null, '', 'x', 'a\0b', '\ud800', -1, 1e99, [], {}, ['x'], '00000000-0000-0000-0000-000000000000']

/** One step, now and then with a field that makes no sense at all. */
export function moveOf(world: World, draw: Draw): Move & { type: string } {
  const again = draw.chance(0.04) && world.went.filter(one => !world.gone.has(one.actor))
  if (again && again.length > 0) return { ...draw.any(again) }
  const type = draw.any(wheel)
  const move = moves[type]?.[1](world, draw)
  if (!move) throw new Error(`there is no move ${type}`)
  if (!draw.chance(0.05)) return { type, ...move }
  // A field that says whose it is stays: the API fills it in.
  const fields = Object.keys(move.input).filter(field => field !== 'userId')
  const input = fields.length ? { ...move.input, [draw.any(fields)]: draw.any(junk) } : move.input
  return { type, input, actor: move.actor }
}
