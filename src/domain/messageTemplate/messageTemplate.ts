import { decider } from '../../kernel/decider.ts'
import { type Rejection, reject } from '../../kernel/reject.ts'
import { messageTemplateCommands } from './commands.ts'
import { messageTemplateEvents } from './events.ts'

type Live = { is: 'live'; companyId: string; version: number; name: string | null; body: string | null }
export type MessageTemplate = { is: 'absent' } | { is: 'removed'; companyId: string } | Live

/** How somebody stands to a company: what they are in it, and whether it is still in use. */
export interface CompanyStanding {
  role: 'OWNER' | 'ADMIN' | 'MEMBER'
  archived: boolean
}

declare module '../../kernel/decider.ts' {
  interface Facts {
    /** How the actor stands to the command's `companyId`; null for who is not in it. */
    companyStanding: CompanyStanding | null
  }
}

const { TemplateCreated, TemplateUpdated, TemplateRemoved } = messageTemplateEvents.make

const notThere = (type: string, name: string, id: string) =>
  reject('NOT_FOUND', `There is no such ${name}.`, { missing: [{ type, id }] })

/** Why somebody may not touch the templates of a company, or null. */
function refusal(standing: CompanyStanding | null, unseen: () => Rejection): Rejection | null {
  if (!standing) return unseen()
  if (standing.role === 'MEMBER')
    return reject('FORBIDDEN', 'Only owners and admins of a company change its templates.')
  return standing.archived ? reject('STATE_CONFLICT', 'This company is archived.') : null
}

export const messageTemplate = decider(
  messageTemplateEvents,
  messageTemplateCommands,
)<MessageTemplate>({
  initial: { is: 'absent' },
  stateVersion: 1,

  decide: {
    CreateTemplate: (template, { companyId, name, body }, { facts }) => {
      const refused = refusal(facts.companyStanding, () => notThere('Company', 'company', companyId))
      if (refused) return refused
      return template.is === 'absent' ? [TemplateCreated({ companyId }, { name, body })] : []
    },

    UpdateTemplate: (template, { templateId, companyId, name, body, expectedVersion }, { facts }) => {
      const unseen = () => notThere('MessageTemplate', 'message template', templateId)
      if (template.is !== 'live' || template.companyId !== companyId) return unseen()
      const refused = refusal(facts.companyStanding, unseen)
      if (refused) return refused
      const next = { name: name ?? template.name, body: body ?? template.body }
      if (next.name === template.name && next.body === template.body) return []
      if (expectedVersion !== undefined && expectedVersion !== template.version)
        return reject('VERSION_CONFLICT', 'It was changed meanwhile: look at it again, and send its current version.', {
          currentVersion: template.version,
        })
      if (next.name === null || next.body === null)
        return reject('STATE_CONFLICT', 'This template was erased: give it a name and a body.')
      return [TemplateUpdated({ companyId }, { name: next.name, body: next.body })]
    },

    DeleteTemplate: (template, { templateId, companyId }, { facts }) => {
      const unseen = () => notThere('MessageTemplate', 'message template', templateId)
      if (template.is === 'absent' || template.companyId !== companyId) return unseen()
      const refused = refusal(facts.companyStanding, unseen)
      if (refused) return refused
      return template.is === 'live' ? [TemplateRemoved({ companyId })] : []
    },
  },

  tenant: (_, { events: [first] }) => first?.data.companyId ?? null,

  evolve: {
    TemplateCreated: (_, { data, personal, revision }) => live(data.companyId, revision, personal),
    TemplateUpdated: (_, { data, personal, revision }) => live(data.companyId, revision, personal),
    TemplateRemoved: (_, { data }) => ({ is: 'removed', companyId: data.companyId }),
  },
})

const live = (companyId: string, version: number, personal: { name: string; body: string } | null): Live => ({
  is: 'live',
  companyId,
  version,
  name: personal?.name ?? null,
  body: personal?.body ?? null,
})
