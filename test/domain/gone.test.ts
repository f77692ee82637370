import { describe, test } from 'vitest'
import { chat } from '../../src/domain/chat/chat.ts'
import { chatEvents } from '../../src/domain/chat/events.ts'
import { company } from '../../src/domain/company/company.ts'
import { type CompanyRole, companyEvents } from '../../src/domain/company/events.ts'
import { userAccountEvents } from '../../src/domain/userAccount/events.ts'
import { userAccount } from '../../src/domain/userAccount/userAccount.ts'
import { given } from '../../src/kernel/given.ts'
import { newId, nobody, system } from '../../src/kernel/id.ts'
import * as p from './people.ts'

// Whose account is deleted is taken out of chats and companies by the house.

const bySystem = { actor: system }
const { chatId, owner, admin, member, reader } = p

describe('RemoveDeletedAccount', () => {
  const gone = (userId: string) => ({ chatId, userId })
  const left = (userId: string) => p.ParticipantRemoved({ userId })
  const promoted = (userId: string) => p.ParticipantRoleChanged({ userId, role: 'OWNER' })
  const group = (...more: readonly p.Event[]) => given(chat, [...p.groupEvents, ...more])

  test('takes one out, once; of an archived chat as well', () => {
    group()
      .when('RemoveDeletedAccount', gone(member), bySystem)
      .then([left(member)])
    group(left(member)).when('RemoveDeletedAccount', gone(member), bySystem).then([])
    group(p.ChatArchived({}))
      .when('RemoveDeletedAccount', gone(member), bySystem)
      .then([left(member)])
    group(p.ChatHardDeleted({})).when('RemoveDeletedAccount', gone(member), bySystem).then([])
    given(chat, []).when('RemoveDeletedAccount', gone(member), bySystem).then([])
  })
  test('the last owner has an heir: an admin, else a member, the oldest of them; readers inherit nothing', () => {
    const late = newId()
    const joins = p.ParticipantAdded({ userId: late, role: 'ADMIN' })
    group(joins)
      .when('RemoveDeletedAccount', gone(owner), bySystem)
      .then([left(owner), promoted(admin)])
    group(left(admin))
      .when('RemoveDeletedAccount', gone(owner), bySystem)
      .then([left(owner), promoted(member)])
    group(promoted(member))
      .when('RemoveDeletedAccount', gone(owner), bySystem)
      .then([left(owner)])
    const readers = [left(admin), left(member)]
    group(...readers)
      .when('RemoveDeletedAccount', gone(owner), bySystem)
      .then([left(owner), p.ChatArchived({})])
    group(...readers, p.ChatArchived({}))
      .when('RemoveDeletedAccount', gone(owner), bySystem)
      .then([left(owner)])
  })
  test('a direct chat goes on with the other one, and is archived when that one goes too', () => {
    const direct = given(chat, p.directEvents)
    direct.when('RemoveDeletedAccount', gone(owner), bySystem).then([left(owner)])
    given(chat, [...p.directEvents, left(owner)])
      .when('RemoveDeletedAccount', gone(member), bySystem)
      .then([left(member), p.ChatArchived({})])
  })
  test('is nobody’s but the house’s', () => {
    for (const actor of [owner, admin, member, reader, nobody])
      group().when('RemoveDeletedAccount', gone(member), { actor }).rejects('FORBIDDEN')
  })
})

test('NoteRemovedFile: also in an archived chat, in no deleted one, and by the house alone', () => {
  const file = { messageId: newId(), fileId: newId() }
  const group = (...more: readonly p.Event[]) => given(chat, [...p.groupEvents, ...more])
  for (const state of [group(), group(p.ChatArchived({}))])
    state.when('NoteRemovedFile', { chatId, ...file }, bySystem).then([chatEvents.make.MessageFileRemoved(file)])
  group(p.ChatHardDeleted({}))
    .when('NoteRemovedFile', { chatId, ...file }, bySystem)
    .then([])
  for (const actor of [owner, member, nobody])
    group()
      .when('NoteRemovedFile', { chatId, ...file }, { actor })
      .rejects('FORBIDDEN')
})

describe('RemoveDeletedMember', () => {
  const { CompanyCreated, CompanyArchived, CompanyMemberAdded, CompanyMemberRemoved, CompanyMemberRoleChanged } =
    companyEvents.make
  const companyId = newId()
  const details = { inn: '7707083893', name: 'Freight', kpp: null, ogrn: null, legalAddress: null }
  type Event = ReturnType<(typeof companyEvents.make)[keyof typeof companyEvents.make]>
  const joined = (userId: string, role: CompanyRole) => CompanyMemberAdded({ userId, role })
  const firm = (...more: readonly Event[]) =>
    given(company, [CompanyCreated({ companyId }, details), joined(owner, 'OWNER'), ...more])
  const gone = (userId: string) => ({ companyId, userId })
  const left = (userId: string) => CompanyMemberRemoved({ userId })
  const promoted = (userId: string) => CompanyMemberRoleChanged({ userId, role: 'OWNER' })

  test('takes one out, once; the last one archives the company', () => {
    firm(joined(member, 'MEMBER'))
      .when('RemoveDeletedMember', gone(member), bySystem)
      .then([left(member)])
    firm().when('RemoveDeletedMember', gone(member), bySystem).then([])
    given(company, []).when('RemoveDeletedMember', gone(member), bySystem).then([])
    firm()
      .when('RemoveDeletedMember', gone(owner), bySystem)
      .then([left(owner), CompanyArchived({})])
    firm(CompanyArchived({}))
      .when('RemoveDeletedMember', gone(owner), bySystem)
      .then([left(owner)])
  })
  test('two owners who go at once leave an heir', () => {
    const people = [joined(member, 'MEMBER'), joined(admin, 'ADMIN'), joined(reader, 'ADMIN')]
    firm(...people)
      .when('RemoveDeletedMember', gone(owner), bySystem)
      .then([left(owner), promoted(admin)])
    firm(joined(admin, 'OWNER'), joined(member, 'MEMBER'))
      .when('RemoveDeletedMember', gone(owner), bySystem)
      .then([left(owner)])
  })
  test('is nobody’s but the house’s', () => {
    for (const actor of [owner, member, nobody])
      firm(joined(member, 'MEMBER')).when('RemoveDeletedMember', gone(member), { actor }).rejects('FORBIDDEN')
  })
})

describe('ForgetCompanyInvitation', () => {
  const { CompanyCreated, CompanyMemberAdded, CompanyMemberInvited } = companyEvents.make
  const { CompanyInvitationRevoked, CompanyInvitationAccepted, CompanyInvitationForgotten } = companyEvents.make
  type Event = ReturnType<(typeof companyEvents.make)[keyof typeof companyEvents.make]>
  const ids = { companyId: newId(), invitationId: newId() }
  const { invitationId } = ids
  const details = { inn: '7707083893', name: 'Freight', kpp: null, ogrn: null, legalAddress: null }
  const begun = [
    CompanyCreated({ companyId: ids.companyId }, details),
    CompanyMemberAdded({ userId: owner, role: 'OWNER' }),
  ]
  const invited = (email: string) =>
    CompanyMemberInvited(
      { invitationId, role: 'MEMBER', tokenHash: 'x', expiresAt: '2026-01-08T00:00:00.000Z' },
      { email },
    )
  const [revoked, forgotten] = [
    CompanyInvitationRevoked({ invitationId }),
    CompanyInvitationForgotten({ invitationId }),
  ]
  const used = CompanyInvitationAccepted({ invitationId, userId: member })

  test('one that is open is revoked; the others keep their end; once is enough', () => {
    const firm = (...more: readonly Event[]) => given(company, [...begun, ...more])
    const sent = invited('ann@example.org')
    firm(sent).when('ForgetCompanyInvitation', ids, bySystem).then([revoked, forgotten])
    firm(sent, revoked).when('ForgetCompanyInvitation', ids, bySystem).then([forgotten])
    firm(sent, used).when('ForgetCompanyInvitation', ids, bySystem).then([forgotten])
    firm(sent, used, forgotten).when('ForgetCompanyInvitation', ids, bySystem).then([])
    given(company, []).when('ForgetCompanyInvitation', ids, bySystem).then([])
    for (const actor of [owner, member, nobody])
      firm(sent).when('ForgetCompanyInvitation', ids, { actor }).rejects('FORBIDDEN')
  })
})

test('DeleteAccount: refused to the one owner of others', () => {
  const userId = newId()
  const { UserAccountCreated, UserAccountDeleted } = userAccountEvents.make
  const profile = { email: 'ann@example.org', handle: 'ann', displayName: 'Ann' }
  const ann = given(userAccount, [UserAccountCreated({ userId, platformRole: 'USER' }, profile)])
  const facts = { admins: { others: 0, mark: '' }, soleOwnerOf: [] }
  const owning = { ...facts, soleOwnerOf: [{ id: newId(), name: 'Freight' }] }
  ann.when('DeleteAccount', { userId }, { actor: userId, facts: owning }).rejects('STATE_CONFLICT')
  ann.when('DeleteAccount', { userId }, { actor: userId, facts }).then([UserAccountDeleted({ userId, admins: null })])
})
