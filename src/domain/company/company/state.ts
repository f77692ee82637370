import type { Decider } from '../../../kernel/decider.ts'
import { Rejection } from '../../../kernel/reject.ts'
import type { companyCommands } from '../commands/index.ts'
import type { CompanyRole, companyEvents } from '../events.ts'
import { archived, forbidden, noCompany } from './refusals.ts'

/** `version`: the revision of the event that gave the role. */
export interface Member {
  role: CompanyRole
  version: number
}
/** Asked to join, and not revoked. */
export interface Invitation {
  /** Null when it was erased: nobody can accept it then. */
  email: string | null
  role: CompanyRole
  tokenHash: string
  expiresAt: string
  acceptedBy: string | null
}
/** Null is erased, or (all but the name and the INN) never given. */
export interface Details {
  name: string | null
  kpp: string | null
  ogrn: string | null
  legalAddress: string | null
}
export type Founded = Details & {
  is: 'live' | 'archived'
  inn: string | null
  /** Revision of the last event that changed the company itself. */
  version: number
  members: Readonly<Record<string, Member>>
  invitations: Readonly<Record<string, Invitation>>
}
export type Company = { is: 'absent' } | Founded

declare module '../../../kernel/decider.ts' {
  interface Facts {
    /** Whether the command's `userId` is an account that can take part. */
    isKnownUser: boolean
    /** The account of the command's `email`, if there is one. */
    accountOfEmail: string | null
    /** The e-mail address of the actor's account. */
    emailOfActor: string | null
  }
}

/** What a role may do in a company: the one place where it is said. */
export function permissionsOf(company: { archived: boolean }, role: CompanyRole) {
  const live = !company.archived
  const leads = live && role !== 'MEMBER'
  return {
    canEdit: leads,
    canManageMembers: leads,
    canManageTemplates: leads,
    canCreateChats: live,
    canArchive: live && role === 'OWNER',
  }
}

export type Seen = Founded & { role: CompanyRole; may: ReturnType<typeof permissionsOf> }

/** The company as one of its members sees it; anybody else is told that it is not there. */
export function seenBy(company: Company, companyId: string, user: string): Seen | Rejection {
  const role = company.is === 'absent' ? undefined : company.members[user]?.role
  if (company.is === 'absent' || !role) return noCompany(companyId)
  return { ...company, role, may: permissionsOf({ archived: company.is === 'archived' }, role) }
}

/** The same for what owners and admins do while the company is live; `what`: in words, for whoever may not. */
export function ledBy(company: Company, companyId: string, user: string, what: string): Seen | Rejection {
  const seen = seenBy(company, companyId, user)
  if (seen instanceof Rejection) return seen
  if (seen.role === 'MEMBER') return forbidden(`Only owners and admins ${what}.`)
  return seen.is === 'archived' ? archived() : seen
}

export const membersOf = ({ members }: Founded): number => Object.keys(members).length
export const ownersOf = ({ members }: Founded): number =>
  Object.values(members).filter(({ role }) => role === 'OWNER').length

/** The rules of some commands. */
export type Rules<Commands extends keyof typeof companyCommands> = Pick<
  Decider<typeof companyEvents.shapes, typeof companyCommands, Company>['decide'],
  Commands
>
