import { builder } from '../../../graph/builder.ts'
import { globalId } from '../../../graph/node.ts'
import { DomainEvent, type EventView } from '../../../graph/stream.ts'
import { type AnyEvent, idOf } from '../../../kernel/message.ts'
import { Company, CompanyList, companyEdge, companyOf } from './company.ts'
import { CompanyMember, MemberList, memberEdge, memberOf } from './member.ts'

// What happens in a company, as subscribers see it: idempotent upserts by node id.

/** `companyId`: where. `userId`: whom it is about, where it is about somebody. */
export interface CompanyEventView extends EventView {
  companyId: string
  userId: string
}

const interfaces = [DomainEvent]

const lifecycle = (name: string, description: string) =>
  builder.objectRef<CompanyEventView>(name).implement({
    description,
    interfaces,
    fields: t => ({
      company: t.field({
        type: Company,
        description: 'As it is now.',
        resolve: (e, _, ctx) => companyOf(ctx, e.companyId),
      }),
    }),
  })
export const CompanyUpdated = lifecycle('CompanyUpdated', 'The details of a company were changed.')
export const CompanyArchived = lifecycle('CompanyArchived', 'A company was archived.')

export const CompanyMemberAdded = builder.objectRef<CompanyEventView>('CompanyMemberAdded').implement({
  description: 'Somebody joined a company.',
  interfaces,
  fields: t => ({
    company: t.field({ type: Company, description: 'Which.', resolve: (e, _, ctx) => companyOf(ctx, e.companyId) }),
    edge: t.field({
      type: MemberList.edge,
      description: 'Who, as an edge of the company.',
      resolve: async (e, _, ctx) => memberEdge(ctx, await memberOf(ctx, e.companyId, e.userId)),
    }),
  }),
})
export const CompanyMemberRoleChanged = builder.objectRef<CompanyEventView>('CompanyMemberRoleChanged').implement({
  description: 'Somebody may do more or less than before.',
  interfaces,
  fields: t => ({
    member: t.field({
      type: CompanyMember,
      description: 'Who, with the role as it is now.',
      resolve: (e, _, ctx) => memberOf(ctx, e.companyId, e.userId),
    }),
  }),
})
/** Its `user` is added in the edges. */
export const CompanyMemberRemoved = builder.objectRef<CompanyEventView>('CompanyMemberRemoved').implement({
  description: 'Somebody left a company or was removed.',
  interfaces,
  fields: t => ({
    company: t.field({ type: Company, description: 'Which.', resolve: (e, _, ctx) => companyOf(ctx, e.companyId) }),
    removedMemberId: t.id({
      description: 'Who is gone.',
      resolve: e => globalId('CompanyMember', `${e.companyId}.${e.userId}`),
    }),
  }),
})

/** What inboxes hear of companies. */
export const CompanyJoined = builder.objectRef<CompanyEventView>('CompanyJoined').implement({
  description: 'You are a member of a company that you were not in before.',
  interfaces,
  fields: t => ({
    edge: t.field({
      type: CompanyList.edge,
      description: 'The company, as an edge of your list.',
      resolve: async (e, _, ctx) => companyEdge(ctx, await companyOf(ctx, e.companyId)),
    }),
  }),
})
export const CompanyLeft = builder.objectRef<CompanyEventView>('CompanyLeft').implement({
  description: 'You left a company or were removed.',
  interfaces,
  fields: t => ({
    removedCompanyId: t.id({ description: 'Which.', resolve: e => globalId('Company', e.companyId) }),
  }),
})

/** A stored event of a company's stream as subscribers see it. */
export function toCompanyEvent(event: AnyEvent): CompanyEventView {
  const { userId } = event.data as { userId?: unknown }
  return {
    eventType: event.type,
    at: event.at,
    actorId: event.actor,
    companyId: idOf(event.stream),
    userId: typeof userId === 'string' ? userId : '',
  }
}
