import { describe, expect, test } from 'vitest'
import { chat, pairOf, permissionsOf } from '../../src/domain/chat/chat.ts'
import {
  admin,
  archivedGroup,
  by,
  ChatArchived,
  ChatCreated,
  ChatHardDeleted,
  ChatRestored,
  ChatUpdated,
  chatId,
  deletedGroup,
  direct,
  directEvents,
  group,
  groupEvents,
  member,
  nothing,
  owner,
  ParticipantAdded,
  ParticipantLeft,
  ParticipantRemoved,
  ParticipantRoleChanged,
  pair,
  reader,
  stranger,
} from './people.ts'

describe('CreateChat', () => {
  const make = (kind: 'DIRECT' | 'GROUP', title: string | null, participantIds: string[]) => ({
    ...{ chatId, kind, title, participantIds },
  })
  const knowing = (...knownUsers: string[]) => by(owner, { knownUsers, directChat: null })

  test('GROUP: whoever opens it owns it, the others are members, each once', () => {
    const then = [
      ChatCreated({ kind: 'GROUP', pair: null, companyId: null }, { title: 'Room' }),
      ParticipantAdded({ userId: owner, role: 'OWNER', founding: true }),
      ParticipantAdded({ userId: member, role: 'MEMBER', founding: true }),
    ]
    nothing.when('CreateChat', make('GROUP', ' Room ', [member, owner, member]), knowing(member)).then(then)
    nothing.when('CreateChat', make('GROUP', 'Room', []), knowing()).then(then.slice(0, 2))
  })
  test('DIRECT: both own it, and the pair is the same whoever begins', () => {
    nothing.when('CreateChat', make('DIRECT', null, [member]), knowing(member)).then([...directEvents])
    expect([pairOf(owner, member), pairOf(member, owner)]).toEqual([pair, pair])
  })
  test('DIRECT that is there already: nothing happens', () => {
    const facts = { knownUsers: [member], directChat: chatId }
    nothing.when('CreateChat', make('DIRECT', null, [member]), by(owner, facts)).then([])
  })
  test('of an id that is there: nothing happens', () => {
    group()
      .when('CreateChat', make('GROUP', 'Other', []), knowing())
      .then([])
  })
  test('refuses people who are not there, and titles that do not fit the kind', () => {
    nothing.when('CreateChat', make('GROUP', 'Room', [member, stranger]), knowing(member)).rejects('NOT_FOUND')
    nothing.when('CreateChat', make('GROUP', null, [member]), knowing(member)).rejects('INVALID_INPUT')
    nothing.when('CreateChat', make('DIRECT', 'Us', [member]), knowing(member)).rejects('INVALID_INPUT')
  })
  test('DIRECT refuses any number of others but one; oneself is no other', () => {
    const two = knowing(member, admin)
    nothing.when('CreateChat', make('DIRECT', null, [member, admin]), two).rejects('INVALID_INPUT')
    nothing.when('CreateChat', make('DIRECT', null, [owner]), two).rejects('INVALID_INPUT')
    nothing.when('CreateChat', make('DIRECT', null, []), two).rejects('INVALID_INPUT')
  })
  test('DIRECT holds its pair, and lets go of it when it is deleted', () => {
    const [created] = directEvents
    const claims = chat.claims as Record<string, (event: unknown) => unknown>
    expect(claims.ChatCreated?.(created)).toEqual([{ kind: 'direct', value: pair }])
    expect(claims.ChatCreated?.(groupEvents[0])).toEqual([])
    expect(claims.ChatHardDeleted?.(ChatHardDeleted({}))).toEqual([{ kind: 'direct', value: null }])
  })
})

describe('UpdateChat', () => {
  const title = (title: string | null | undefined, expectedVersion?: number) => ({
    ...{ chatId, title },
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  })
  test('owners and admins change the title of a group', () => {
    for (const actor of [owner, admin])
      group()
        .when('UpdateChat', title('New'), by(actor))
        .then([ChatUpdated({ avatarFileId: null, renamed: true }, { title: 'New' })])
  })
  test('nothing changes when it is left out or the same, whatever the version', () => {
    group().when('UpdateChat', title(undefined, 9), by(owner)).then([])
    group().when('UpdateChat', title('Room', 9), by(owner)).then([])
  })
  test('versions are of the chat itself: people who come do not move it', () => {
    const renamed = group(ChatUpdated({ avatarFileId: null, renamed: true }, { title: 'Second' }))
    renamed.when('UpdateChat', title('Third', 0), by(owner)).rejects('VERSION_CONFLICT')
    renamed
      .when('UpdateChat', title('Third', 5), by(owner))
      .then([ChatUpdated({ avatarFileId: null, renamed: true }, { title: 'Third' })])
    group()
      .when('UpdateChat', title('New', 0), by(owner))
      .then([ChatUpdated({ avatarFileId: null, renamed: true }, { title: 'New' })])
  })
  test('refusals', () => {
    for (const actor of [member, reader]) group().when('UpdateChat', title('New'), by(actor)).rejects('FORBIDDEN')
    group().when('UpdateChat', title('New'), by(stranger)).rejects('NOT_FOUND')
    group().when('UpdateChat', title(null), by(owner)).rejects('INVALID_INPUT')
    direct().when('UpdateChat', title('New'), by(owner)).rejects('STATE_CONFLICT')
    archivedGroup.when('UpdateChat', title('New'), by(owner)).rejects('STATE_CONFLICT')
    deletedGroup.when('UpdateChat', title('New'), by(owner)).rejects('NOT_FOUND')
  })
  test('an erased title can be given anew', () => {
    const erased = group({ ...ChatUpdated({ avatarFileId: null, renamed: true }, { title: 'x' }), personal: null })
    erased
      .when('UpdateChat', title('New', 5), by(owner))
      .then([ChatUpdated({ avatarFileId: null, renamed: true }, { title: 'New' })])
  })
})

describe('ArchiveChat, RestoreChat', () => {
  test('owners and admins, also of a direct chat; again changes nothing', () => {
    for (const actor of [owner, admin]) {
      group()
        .when('ArchiveChat', { chatId }, by(actor))
        .then([ChatArchived({})])
      archivedGroup.when('RestoreChat', { chatId }, by(actor)).then([ChatRestored({})])
    }
    direct()
      .when('ArchiveChat', { chatId }, by(member))
      .then([ChatArchived({})])
    archivedGroup.when('ArchiveChat', { chatId }, by(owner)).then([])
    group().when('RestoreChat', { chatId }, by(owner)).then([])
  })
  test('refusals', () => {
    for (const command of ['ArchiveChat', 'RestoreChat'] as const) {
      for (const actor of [member, reader]) group().when(command, { chatId }, by(actor)).rejects('FORBIDDEN')
      group().when(command, { chatId }, by(stranger)).rejects('NOT_FOUND')
      deletedGroup.when(command, { chatId }, by(owner)).rejects('NOT_FOUND')
      nothing.when(command, { chatId }, by(owner)).rejects('NOT_FOUND')
    }
  })
})

describe('DeleteChat', () => {
  test('owners alone, also of an archived one', () => {
    group()
      .when('DeleteChat', { chatId, expectedVersion: 0 }, by(owner))
      .then([ChatHardDeleted({})])
    archivedGroup.when('DeleteChat', { chatId }, by(owner)).then([ChatHardDeleted({})])
    direct()
      .when('DeleteChat', { chatId }, by(member))
      .then([ChatHardDeleted({})])
  })
  test('refusals', () => {
    for (const actor of [admin, member, reader]) group().when('DeleteChat', { chatId }, by(actor)).rejects('FORBIDDEN')
    group().when('DeleteChat', { chatId }, by(stranger)).rejects('NOT_FOUND')
    archivedGroup.when('DeleteChat', { chatId, expectedVersion: 0 }, by(owner)).rejects('VERSION_CONFLICT')
    deletedGroup.when('DeleteChat', { chatId }, by(owner)).rejects('NOT_FOUND')
  })
})

describe('LeaveChat', () => {
  const left = (userId: string) => [ParticipantLeft({ userId })]
  test('anybody but the last owner of others', () => {
    for (const actor of [admin, member, reader]) group().when('LeaveChat', { chatId }, by(actor)).then(left(actor))
    group().when('LeaveChat', { chatId }, by(owner)).rejects('STATE_CONFLICT')
    group(ParticipantRoleChanged({ userId: admin, role: 'OWNER' }))
      .when('LeaveChat', { chatId }, by(owner))
      .then(left(owner))
  })
  test('who is alone may go, and an archived chat holds nobody', () => {
    group(...[admin, member, reader].map(userId => ParticipantRemoved({ userId })))
      .when('LeaveChat', { chatId }, by(owner))
      .then(left(owner))
    archivedGroup.when('LeaveChat', { chatId }, by(member)).then(left(member))
  })
  test('refusals', () => {
    direct().when('LeaveChat', { chatId }, by(owner)).rejects('STATE_CONFLICT')
    group().when('LeaveChat', { chatId }, by(stranger)).rejects('NOT_FOUND')
    group(ParticipantLeft({ userId: member }))
      .when('LeaveChat', { chatId }, by(member))
      .rejects('NOT_FOUND')
  })
})

test('permissions say what the decisions do', () => {
  const may = (role: 'OWNER' | 'ADMIN' | 'MEMBER' | 'READER', more: object = {}) =>
    Object.entries(permissionsOf({ kind: 'GROUP', archived: false, ...more }, role))
      .filter(([, yes]) => yes)
      .map(([name]) => name)
  const leads = ['canSend', 'canPin', 'canDeleteMessages', 'canEdit', 'canManageParticipants', 'canArchive']
  expect(may('OWNER')).toEqual([...leads, 'canDelete'])
  expect(may('ADMIN')).toEqual(leads)
  expect(may('MEMBER')).toEqual(['canSend'])
  expect(may('READER')).toEqual([])
  expect(may('OWNER', { archived: true })).toEqual(['canDeleteMessages', 'canArchive', 'canDelete'])
  expect(may('OWNER', { kind: 'DIRECT' })).toEqual(['canSend', 'canPin', 'canArchive', 'canDelete'])
})
