import { describe, test } from 'vitest'
import { newId } from '../../src/kernel/id.ts'
import {
  admin,
  archivedGroup,
  by,
  chatId,
  deletedGroup,
  direct,
  group,
  member,
  owner,
  ParticipantAdded,
  ParticipantRemoved,
  ParticipantRoleChanged,
  reader,
  stranger,
} from './people.ts'

const secondOwner = ParticipantRoleChanged({ userId: admin, role: 'OWNER' })

describe('AddParticipants', () => {
  const add = (participantIds: string[], role: 'OWNER' | 'ADMIN' | 'MEMBER' | 'READER' = 'MEMBER') => ({
    ...{ chatId, participantIds, role },
  })
  const knowing = (actor: string, ...knownUsers: string[]) => by(actor, { knownUsers })

  test('one event for each who is not in yet, in any role', () => {
    const other = newId()
    const then = [stranger, other].map(userId => ParticipantAdded({ userId, role: 'READER' }))
    const input = add([stranger, member, other, stranger], 'READER')
    for (const actor of [owner, admin])
      group()
        .when('AddParticipants', input, knowing(actor, stranger, other))
        .then(then)
  })
  test('who is in already stays as they are: nothing happens', () => {
    group()
      .when('AddParticipants', add([member, reader], 'ADMIN'), knowing(owner))
      .then([])
  })
  test('who was removed may come back', () => {
    group(ParticipantRemoved({ userId: member }))
      .when('AddParticipants', add([member]), knowing(owner, member))
      .then([ParticipantAdded({ userId: member, role: 'MEMBER' })])
  })
  test('only an owner makes owners', () => {
    group()
      .when('AddParticipants', add([stranger], 'OWNER'), knowing(admin, stranger))
      .rejects('FORBIDDEN')
    group()
      .when('AddParticipants', add([stranger], 'OWNER'), knowing(owner, stranger))
      .then([ParticipantAdded({ userId: stranger, role: 'OWNER' })])
  })
  test('a chat has at most 5,000 people', () => {
    const people = Array.from({ length: 4_995 }, () => ParticipantAdded({ userId: newId(), role: 'MEMBER' }))
    const more = [newId(), newId()]
    const full = group(...people)
    full
      .when('AddParticipants', add(more.slice(1)), knowing(owner, ...more))
      .then([ParticipantAdded({ userId: more[1] ?? '', role: 'MEMBER' })])
    full.when('AddParticipants', add(more), knowing(owner, ...more)).rejects('LIMIT_EXCEEDED')
  })
  test('refusals', () => {
    group()
      .when('AddParticipants', add([stranger]), knowing(owner))
      .rejects('NOT_FOUND')
    for (const actor of [member, reader])
      group()
        .when('AddParticipants', add([stranger]), knowing(actor, stranger))
        .rejects('FORBIDDEN')
    for (const [room, code] of [
      [direct(), 'STATE_CONFLICT'],
      [archivedGroup, 'STATE_CONFLICT'],
      [deletedGroup, 'NOT_FOUND'],
    ] as const)
      room.when('AddParticipants', add([stranger]), knowing(owner, stranger)).rejects(code)
    group()
      .when('AddParticipants', add([stranger]), knowing(stranger, stranger))
      .rejects('NOT_FOUND')
  })
})

describe('ChangeParticipantRole', () => {
  const make = (userId: string, role: 'OWNER' | 'ADMIN' | 'MEMBER' | 'READER', expectedVersion?: number) => ({
    ...{ chatId, userId, role },
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  })
  const changed = (userId: string, role: 'OWNER' | 'ADMIN' | 'MEMBER' | 'READER') => [
    ParticipantRoleChanged({ userId, role }),
  ]
  test('owners and admins change roles; the same role again is nothing, whatever the version', () => {
    for (const actor of [owner, admin])
      group().when('ChangeParticipantRole', make(member, 'ADMIN'), by(actor)).then(changed(member, 'ADMIN'))
    group()
      .when('ChangeParticipantRole', make(member, 'MEMBER', 99), by(owner))
      .then([])
  })
  test('who owns is for owners to say', () => {
    group().when('ChangeParticipantRole', make(member, 'OWNER'), by(admin)).rejects('FORBIDDEN')
    group().when('ChangeParticipantRole', make(owner, 'MEMBER'), by(admin)).rejects('FORBIDDEN')
    group().when('ChangeParticipantRole', make(member, 'OWNER'), by(owner)).then(changed(member, 'OWNER'))
  })
  test('the last owner stays one', () => {
    group().when('ChangeParticipantRole', make(owner, 'ADMIN'), by(owner)).rejects('STATE_CONFLICT')
    group(secondOwner).when('ChangeParticipantRole', make(owner, 'ADMIN'), by(owner)).then(changed(owner, 'ADMIN'))
    group(secondOwner).when('ChangeParticipantRole', make(owner, 'ADMIN'), by(admin)).then(changed(owner, 'ADMIN'))
  })
  test('versions are of the participant: the revision that gave the role', () => {
    group()
      .when('ChangeParticipantRole', make(member, 'ADMIN', 3), by(owner))
      .then(changed(member, 'ADMIN'))
    group(...changed(member, 'READER'))
      .when('ChangeParticipantRole', make(member, 'ADMIN', 3), by(owner))
      .rejects('VERSION_CONFLICT')
  })
  test('refusals', () => {
    group().when('ChangeParticipantRole', make(stranger, 'ADMIN'), by(owner)).rejects('NOT_FOUND')
    group().when('ChangeParticipantRole', make(member, 'ADMIN'), by(stranger)).rejects('NOT_FOUND')
    for (const actor of [member, reader])
      group().when('ChangeParticipantRole', make(reader, 'ADMIN'), by(actor)).rejects('FORBIDDEN')
    direct().when('ChangeParticipantRole', make(member, 'READER'), by(owner)).rejects('STATE_CONFLICT')
    archivedGroup.when('ChangeParticipantRole', make(member, 'ADMIN'), by(owner)).rejects('STATE_CONFLICT')
    deletedGroup.when('ChangeParticipantRole', make(member, 'ADMIN'), by(owner)).rejects('NOT_FOUND')
  })
})

describe('RemoveParticipant', () => {
  const remove = (userId: string) => ({ chatId, userId })
  test('owners and admins; who is gone already stays gone', () => {
    for (const actor of [owner, admin])
      group()
        .when('RemoveParticipant', remove(member), by(actor))
        .then([ParticipantRemoved({ userId: member })])
    group().when('RemoveParticipant', remove(stranger), by(owner)).then([])
  })
  test('an owner is removed by an owner alone', () => {
    group().when('RemoveParticipant', remove(owner), by(admin)).rejects('FORBIDDEN')
    group(secondOwner)
      .when('RemoveParticipant', remove(owner), by(admin))
      .then([ParticipantRemoved({ userId: owner })])
  })
  test('refusals', () => {
    group().when('RemoveParticipant', remove(owner), by(owner)).rejects('STATE_CONFLICT')
    for (const actor of [member, reader])
      group().when('RemoveParticipant', remove(admin), by(actor)).rejects('FORBIDDEN')
    group().when('RemoveParticipant', remove(member), by(stranger)).rejects('NOT_FOUND')
    direct().when('RemoveParticipant', remove(member), by(owner)).rejects('STATE_CONFLICT')
    archivedGroup.when('RemoveParticipant', remove(member), by(owner)).rejects('STATE_CONFLICT')
    deletedGroup.when('RemoveParticipant', remove(member), by(owner)).rejects('NOT_FOUND')
  })
})
