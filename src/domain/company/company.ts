import { decider } from '../../kernel/decider.ts'
import { idOf } from '../../kernel/message.ts'
import { companyCommands } from './commands/index.ts'
import { gone } from './company/gone.ts'
import { invitations } from './company/invitations.ts'
import { life } from './company/life.ts'
import { people } from './company/people.ts'
import type { Company, Details, Founded, Invitation, Member } from './company/state.ts'
import { companyEvents } from './events.ts'

export { permissionsOf } from './company/state.ts'

export const company = decider(
  companyEvents,
  companyCommands,
)<Company>({
  initial: { is: 'absent' },
  stateVersion: 1,
  decide: { ...life, ...people, ...gone, ...invitations },

  evolve: {
    CompanyCreated: (_, { personal, revision }) => ({
      is: 'live',
      inn: personal?.inn ?? null,
      version: revision,
      members: {},
      invitations: {},
      ...details(personal),
    }),
    CompanyUpdated: (of, { personal, revision }) => change(of, { version: revision, ...details(personal) }),
    CompanyArchived: (of, { revision }) => change(of, { is: 'archived', version: revision }),
    CompanyMemberAdded: (of, { data, revision }) => joined(of, data.userId, { role: data.role, version: revision }),
    CompanyMemberRoleChanged: (of, { data, revision }) =>
      joined(of, data.userId, { role: data.role, version: revision }),
    CompanyMemberRemoved: (of, { data }) => {
      if (of.is === 'absent') return of
      const { [data.userId]: _, ...members } = of.members
      return { ...of, members }
    },
    CompanyMemberInvited: (of, { data: { invitationId, role, tokenHash, expiresAt }, personal }) =>
      invited(of, invitationId, { email: personal?.email ?? null, role, tokenHash, expiresAt, acceptedBy: null }),
    CompanyInvitationRevoked: (of, { data }) => {
      if (of.is === 'absent') return of
      const { [data.invitationId]: _, ...invitations } = of.invitations
      return { ...of, invitations }
    },
    CompanyInvitationAccepted: (of, { data: { invitationId, userId } }) => {
      const invitation = of.is === 'absent' ? undefined : of.invitations[invitationId]
      return invitation ? invited(of, invitationId, { ...invitation, acceptedBy: userId }) : of
    },
    CompanyInvitationForgotten: (of, { data: { invitationId } }) => {
      const invitation = of.is === 'absent' ? undefined : of.invitations[invitationId]
      return invitation ? invited(of, invitationId, { ...invitation, email: null }) : of
    },
  },

  tenant: (_, { stream }) => idOf(stream),

  claims: {
    CompanyCreated: ({ personal }) => [{ kind: 'inn', value: personal?.inn ?? null }],
    CompanyArchived: () => [{ kind: 'inn', value: null }],
  },
})

const details = (personal: Details | null): Details => ({
  name: personal?.name ?? null,
  kpp: personal?.kpp ?? null,
  ogrn: personal?.ogrn ?? null,
  legalAddress: personal?.legalAddress ?? null,
})
const change = (of: Company, to: Partial<Founded>): Company => (of.is === 'absent' ? of : { ...of, ...to })
const joined = (of: Company, userId: string, member: Member): Company =>
  of.is === 'absent' ? of : { ...of, members: { ...of.members, [userId]: member } }
const invited = (of: Company, id: string, invitation: Invitation): Company =>
  of.is === 'absent' ? of : { ...of, invitations: { ...of.invitations, [id]: invitation } }
