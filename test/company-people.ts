import { hkdfSync } from 'node:crypto'
import { invitationToken } from '../src/domain/company/commands/index.ts'
import { createTokens } from '../src/graph/tokens.ts'
import type { Loose, Person } from './client.ts'
import { testSecret } from './house.ts'

// Companies' mutations as people call them: each gives its result, payload or refusal.

const refusal = `... on Error { code message } ... on ValidationError { issues { path code } } ... on NotFoundError { missingIds }
  ... on ConflictError { currentVersion current { id ... on Company { name } ... on CompanyMember { role } ... on MessageTemplate { name } } }`

async function does(by: Person, name: string, input: object, fields: string, errors = refusal): Promise<Loose> {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const data = await by.ask(
    `mutation ($input: ${title}Input!) { ${name}(input: $input) { __typename ... on ${title}Payload { ${fields} commit } ${errors} } }`,
    { input },
  )
  return data[name]
}

export const company = 'id version name inn kpp ogrn legalAddress archivedAt memberCount viewerMembership { role }'
const member = 'id version role joinedAt user { id } company { id }'

/** An INN with its check digit, another for each number up to 999,999. */
export function innFor(n: number): string {
  const nine = `77${String(n).padStart(7, '0')}`
  const sum = [2, 4, 10, 3, 5, 9, 4, 6, 8].reduce((all, weight, i) => all + weight * Number(nine[i]), 0)
  return `${nine}${(sum % 11) % 10}`
}
let made = 0
/** One that no other test of this file has. */
export const freshInn = () => innFor(++made)

export const found = (by: Person, input: object = {}) =>
  does(
    by,
    'createCompany',
    { inn: freshInn(), name: 'Freight', ...input },
    `edge { cursor node { ${company} } }`,
    '... on Error { code message } ... on ValidationError { issues { path code } }',
  )
/** Founds one and gives its id. */
export const companyIdOf = async (by: Person, input: object = {}): Promise<string> => {
  const { edge, code, message } = await found(by, input)
  if (!edge) throw new Error(`${code}: ${message}`)
  return edge.node.id
}
export const updateCompany = (by: Person, companyId: string, more: object) =>
  does(by, 'updateCompany', { companyId, ...more }, `company { ${company} }`)
export const archiveCompany = (by: Person, companyId: string, more: object = {}) =>
  does(by, 'archiveCompany', { companyId, ...more }, `company { ${company} }`)
export const addMember = (by: Person, companyId: string, user: object, role = 'MEMBER', more: object = {}) =>
  does(
    by,
    'addCompanyMember',
    { companyId, user, role, ...more },
    `company { ${company} } edge { cursor node { ${member} } }`,
  )
export const changeMemberRole = (by: Person, memberId: string, role: string, more: object = {}) =>
  does(by, 'changeCompanyMemberRole', { memberId, role, ...more }, `member { ${member} }`)
export const removeMember = (by: Person, memberId: string) =>
  does(by, 'removeCompanyMember', { memberId }, `company { ${company} } removedMemberId`)

/** Adds somebody and gives the id of the CompanyMember. */
export async function join(by: Person, companyId: string, who: Person, role = 'MEMBER'): Promise<string> {
  const { edge, code, message } = await addMember(by, companyId, { id: who.id }, role)
  if (!edge) throw new Error(`${code}: ${message}`)
  return edge.node.id
}

/** The company as somebody sees it; null for who is not in it. */
export const companySeen = async (by: Person, ref: object, fields = company): Promise<Loose> =>
  (await by.ask(`query ($by: CompanyRef!) { company(by: $by) { ${fields} } }`, { by: ref })).company

export const companiesOf = async (by: Person): Promise<Loose[]> => {
  const { viewer } = await by.ask('{ viewer { companies { edges { node { id name } } } } }')
  return viewer.companies.edges.map((e: Loose) => e.node)
}

export const template = 'id version name body variables company { id }'
export const createTemplate = (by: Person, companyId: string, more: object = {}) =>
  does(
    by,
    'createTemplate',
    { companyId, name: 'Arrival', body: 'Container {{number}} is in {{port}}.', ...more },
    `edge { cursor node { ${template} } }`,
  )
/** Makes one and gives its id. */
export async function templateIdOf(by: Person, companyId: string, more: object = {}): Promise<string> {
  const { edge, code, message } = await createTemplate(by, companyId, more)
  if (!edge) throw new Error(`${code}: ${message}`)
  return edge.node.id
}
export const updateTemplate = (by: Person, templateId: string, more: object) =>
  does(by, 'updateTemplate', { templateId, ...more }, `template { ${template} }`)
export const deleteTemplate = (by: Person, templateId: string) =>
  does(by, 'deleteTemplate', { templateId }, `company { ${company} } removedTemplateId`)
export const sendTemplate = (by: Person, chatId: string, templateId: string, variables: Record<string, string>) =>
  does(
    by,
    'sendMessage',
    {
      chatId,
      content: {
        template: { templateId, variables: Object.entries(variables).map(([name, value]) => ({ name, value })) },
      },
    },
    'edge { node { body } }',
  )

/** Id of one's own membership. */
export const ownMembership = async (by: Person, companyId: string): Promise<string> =>
  (await companySeen(by, { id: companyId }, 'viewerMembership { id }')).viewerMembership.id

const invitation = 'id email role companyName invitedBy { id } company { id } createdAt expiresAt acceptedAt revokedAt'
export const invite = (by: Person, companyId: string, email: string, role = 'MEMBER', more: object = {}) =>
  does(
    by,
    'inviteCompanyMember',
    { companyId, email, role, ...more },
    `company { id } edge { cursor node { ${invitation} } }`,
  )
export const revokeInvitation = (by: Person, invitationId: string) =>
  does(by, 'revokeCompanyInvitation', { invitationId }, 'company { id } removedInvitationId')
export const acceptInvitation = (by: Person, token: string, more: object = {}) =>
  does(
    by,
    'acceptCompanyInvitation',
    { token, ...more },
    `edge { node { ${company} } }`,
    '... on Error { code message }',
  )

/** The key that the house signs its tokens with. */
export const tokensKey = () => Buffer.from(hkdfSync('sha256', testSecret, '', 'tokens', 32)).toString('base64')

/** The token of an invitation, as whoever mails it makes it. */
export function mailedToken(invitationGlobalId: string): string {
  const [companyId = '', invitationId = ''] =
    Buffer.from(invitationGlobalId, 'base64url').toString().split(':')[1]?.split('.') ?? []
  return invitationToken(createTokens(tokensKey(), '').derive, { companyId, invitationId }).token
}
/** Invites an address and gives the token of the mail. */
export async function invited(by: Person, companyId: string, email: string, role = 'MEMBER'): Promise<string> {
  const { edge, code, message } = await invite(by, companyId, email, role)
  if (!edge) throw new Error(`${code}: ${message}`)
  return mailedToken(edge.node.id)
}
