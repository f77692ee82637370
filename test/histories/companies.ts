import { invitationToken } from '../../src/domain/company/commands/index.ts'
import { newId } from '../../src/kernel/id.ts'
import { innFor } from '../company-people.ts'
import {
  companyRoles,
  derive,
  type Moves,
  member,
  ofCompany,
  ofTemplate,
  oneOf,
  title,
  undo,
  version,
} from './making.ts'
import { actorOf } from './world.ts'

/** Moves in companies. */
export const companies: Moves = {
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
  // Only the house may, when an account is deleted.
  RemoveDeletedMember: [1, ofCompany((world, draw, id) => ({ userId: member(world, draw, id) }))],
  // Only the house may as well.
  ForgetCompanyInvitation: [
    1,
    (world, draw) => {
      const { input, actor } = ofCompany()(world, draw)
      return { input: { ...input, invitationId: draw.id(world.invitations) }, actor }
    },
  ],
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
