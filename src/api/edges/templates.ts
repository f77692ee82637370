import { answeredCompany, Company, companyOf, myMembership } from '../../domain/company/graphql/index.ts'
import {
  DeleteTemplatePayload,
  MessageTemplate,
  TemplateCreated,
  TemplateList,
  TemplateRemoved,
  templates,
  templatesOfCompany,
} from '../../domain/messageTemplate/graphql.ts'
import { builder } from '../../graph/builder.ts'
import { load } from '../../graph/context.ts'
import { nodeType } from '../../graph/node.ts'

// Templates belong to companies: whoever is a member sees them.

nodeType('MessageTemplate', async (ctx, id) => {
  const template = await load(ctx, templates, id)
  return template && !template.removedAt && (await myMembership(ctx, template.companyId)) ? template : null
})

builder.objectField(MessageTemplate, 'company', t =>
  t.field({
    type: Company,
    nullable: true,
    description: 'Whose it is.',
    resolve: (template, _, ctx) => companyOf(ctx, template.companyId),
  }),
)

builder.objectField(Company, 'templates', t =>
  t.field({
    type: TemplateList.connection,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Texts that its people send again and again, by name.',
    args: {
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: (company, args, ctx) => templatesOfCompany(ctx, company.id, args),
  }),
)

for (const event of [TemplateCreated, TemplateRemoved])
  builder.objectField(event, 'company', t =>
    t.field({ type: Company, description: 'Whose.', resolve: (e, _, ctx) => companyOf(ctx, e.companyId) }),
  )

builder.objectField(DeleteTemplatePayload, 'company', t =>
  t.field({
    type: Company,
    description: 'The company as it is now.',
    resolve: ({ companyId }, _, ctx) => answeredCompany(ctx, companyId),
  }),
)
