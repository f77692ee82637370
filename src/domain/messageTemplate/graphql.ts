import { builder } from '../../graph/builder.ts'
import { command, commandField, notNull, payloadType } from '../../graph/command-field.ts'
import { connectionType, type Edge, edgeOf, type PageArgs, pageOf, toConnection } from '../../graph/connection.ts'
import { type Batch, type Context, load, Refused, viewerOf } from '../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../graph/errors.ts'
import { findNode, globalId, idOf, Node } from '../../graph/node.ts'
import { DomainEvent, type EventView } from '../../graph/stream.ts'
import { newId } from '../../kernel/id.ts'
import { type AnyEvent, idOf as idOfStream } from '../../kernel/message.ts'
import { reject } from '../../kernel/reject.ts'
import type { Commit } from '../../port/event-store.ts'
import { companyOfTemplate, type TemplateView, templatesByIds, templatesOf } from './queries.ts'

// Who sees a template is decided where templates meet companies: api/edges registers how the node is found.

export const MessageTemplate = builder.objectRef<TemplateView>('MessageTemplate').implement({
  description: 'A text with variables that the people of a company send again and again.',
  interfaces: [Node],
  fields: t => ({
    version: t.exposeInt('version', { description: 'Moves when it changes; send it as `expectedVersion`.' }),
    name: t.exposeString('name', { description: 'What it is called.' }),
    body: t.exposeString('body', { description: 'The text, with `{{variables}}`.' }),
    variables: t.stringList({
      description: 'The names of its variables, in the order in which they come.',
      resolve: template => [...template.variables],
    }),
  }),
})
export const TemplateList = connectionType('MessageTemplate', MessageTemplate)

/** Templates by id, for whoever may see them; batched. */
export const templates: Batch<string, TemplateView | null> = (ctx, ids) => ctx.ask(templatesByIds, ids)

const listOf = (companyId: string) => `templates.${companyId}`
const placeOf = ({ name, id }: TemplateView) => [name, id]

/** A page of a company's templates, by name. */
export async function templatesOfCompany(ctx: Context, companyId: string, args: PageArgs) {
  const list = listOf(companyId)
  const page = pageOf(ctx, list, args)
  const [name, id] = page.from ?? []
  const after = page.from ? { name: String(name), id: String(id) } : null
  const rows = await ctx.ask(templatesOf, { companyId, after, limit: page.limit + 1 })
  return toConnection(ctx, list, page, rows.slice(0, page.limit), rows.length > page.limit, placeOf)
}

export const templateEdge = (ctx: Context, node: TemplateView): Edge<TemplateView> =>
  edgeOf(ctx, listOf(node.companyId), node, placeOf(node))

/** Its `company`, where it has one, is added in the edges. */
export interface TemplateEventView extends EventView {
  templateId: string
  companyId: string
}

/** What happened to a template, as subscribers see it. */
export const toTemplateEvent = ({ type, at, actor, stream, data }: AnyEvent): TemplateEventView => ({
  eventType: type,
  at,
  actorId: actor,
  templateId: idOfStream(stream),
  companyId: (data as { companyId: string }).companyId,
})

/** A template that is or was there. */
async function templateOf(ctx: Context, id: string): Promise<TemplateView> {
  const template = await load(ctx, templates, id)
  if (!template) throw new Error('a template without its row')
  return template
}

const interfaces = [DomainEvent]
export const TemplateCreated = builder.objectRef<TemplateEventView>('TemplateCreated').implement({
  description: 'A company keeps another template.',
  interfaces,
  fields: t => ({
    edge: t.field({
      type: TemplateList.edge,
      description: 'Which, as an edge of the company.',
      resolve: async (e, _, ctx) => templateEdge(ctx, await templateOf(ctx, e.templateId)),
    }),
  }),
})
export const TemplateUpdated = builder.objectRef<TemplateEventView>('TemplateUpdated').implement({
  description: 'A template was changed.',
  interfaces,
  fields: t => ({
    template: t.field({
      type: MessageTemplate,
      description: 'As it is now.',
      resolve: (e, _, ctx) => templateOf(ctx, e.templateId),
    }),
  }),
})
export const TemplateRemoved = builder.objectRef<TemplateEventView>('TemplateRemoved').implement({
  description: 'A template was taken away.',
  interfaces,
  fields: t => ({
    removedTemplateId: t.id({
      description: 'Id of the MessageTemplate that is gone.',
      resolve: e => globalId('MessageTemplate', e.templateId),
    }),
  }),
})

const noTemplate = (id: string) =>
  new Refused(reject('NOT_FOUND', 'There is no such message template.', { missing: [{ type: 'MessageTemplate', id }] }))

/** A template as the caller may see it after a write. Throws Refused(NOT_FOUND), also for who left since. */
async function answered(ctx: Context, id: string): Promise<TemplateView> {
  const found = await findNode(ctx, globalId('MessageTemplate', id))
  if (found) return found as TemplateView
  throw noTemplate(id)
}

/** Its id and its company's. Throws Refused(NOT_FOUND). */
async function named(ctx: Context, globalTemplateId: string): Promise<{ templateId: string; companyId: string }> {
  const templateId = idOf('MessageTemplate', globalTemplateId)
  const companyId = await ctx.ask(companyOfTemplate, templateId)
  if (companyId) return { templateId, companyId }
  throw noTemplate(templateId)
}

const errors = [ValidationError, NotFoundError, ForbiddenError, ConflictError]

commandField('createTemplate', {
  description: 'Keeps a text for the people of a company.',
  input: builder.inputType('CreateTemplateInput', {
    description: 'The text, and whose.',
    fields: t => ({
      companyId: t.id({ required: true, description: 'Id of the Company; its owners and admins may.' }),
      name: t.string({ required: true, description: 'What it is called, at most 100 characters.' }),
      body: t.string({
        required: true,
        description:
          'The text, at most 16,384 characters, with `{{variables}}`: at most 50, of letters, digits and "_".',
      }),
      idempotencyKey: t.field({ type: 'UUID', description: 'Made by the client: the same key and input make one.' }),
    }),
  }),
  payload: payloadType<{ edge: Edge<TemplateView>; commit: Commit }>('CreateTemplatePayload', t => ({
    edge: t.field({ type: TemplateList.edge, description: 'The template, as an edge.', resolve: p => p.edge }),
  })),
  errors,
  resolve: async (input, ctx) => {
    const { name, body } = input
    const wanted = { templateId: newId(), companyId: idOf('Company', input.companyId), name, body }
    const commit = await command(ctx, viewerOf(ctx).userId, 'CreateTemplate', wanted, input)
    return { edge: templateEdge(ctx, await answered(ctx, idOfStream(commit.stream))), commit }
  },
})

commandField('updateTemplate', {
  description: 'Changes a template. Messages that were sent with it stay as they are.',
  input: builder.inputType('UpdateTemplateInput', {
    description: 'What changes; what is left out stays.',
    fields: t => ({
      templateId: t.id({ required: true, description: 'Id of the MessageTemplate.' }),
      name: t.string({ description: 'What it is called, at most 100 characters.' }),
      body: t.string({ description: 'The text, at most 16,384 characters, with `{{variables}}`.' }),
      expectedVersion: t.int({ description: 'The version you saw; a stale one is refused.' }),
    }),
  }),
  payload: payloadType<{ template: TemplateView; commit: Commit }>('UpdateTemplatePayload', t => ({
    template: t.field({ type: MessageTemplate, description: 'The template as it is now.', resolve: p => p.template }),
  })),
  errors,
  subject: input => input.templateId,
  resolve: async (input, ctx) => {
    const wanted = {
      ...(await named(ctx, input.templateId)),
      name: notNull('name', input.name),
      body: notNull('body', input.body),
      expectedVersion: input.expectedVersion ?? undefined,
    }
    const commit = await command(ctx, viewerOf(ctx).userId, 'UpdateTemplate', wanted)
    return { template: await answered(ctx, wanted.templateId), commit }
  },
})

export const DeleteTemplatePayload = payloadType<{ templateId: string; companyId: string; commit: Commit }>(
  'DeleteTemplatePayload',
  t => ({
    removedTemplateId: t.id({
      description: 'Id of the MessageTemplate that is gone.',
      resolve: p => globalId('MessageTemplate', p.templateId),
    }),
  }),
)
commandField('deleteTemplate', {
  description: 'Takes a template away. Messages that were sent with it stay.',
  input: builder.inputType('DeleteTemplateInput', {
    description: 'Which template.',
    fields: t => ({ templateId: t.id({ required: true, description: 'Id of the MessageTemplate.' }) }),
  }),
  payload: DeleteTemplatePayload,
  errors,
  resolve: async (input, ctx) => {
    const which = await named(ctx, input.templateId)
    return { ...which, commit: await command(ctx, viewerOf(ctx).userId, 'DeleteTemplate', which) }
  },
})
