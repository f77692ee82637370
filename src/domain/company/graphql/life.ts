import { builder } from '../../../graph/builder.ts'
import { command, commandField, notNull, payloadType } from '../../../graph/command-field.ts'
import type { Edge } from '../../../graph/connection.ts'
import { viewerOf } from '../../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../../graph/errors.ts'
import { idOf } from '../../../graph/node.ts'
import { newId } from '../../../kernel/id.ts'
import { idOf as idOfStream } from '../../../kernel/message.ts'
import type { Commit } from '../../../port/event-store.ts'
import { answeredCompany, Company, CompanyList, type CompanyView, companyEdge, companyOf } from './company.ts'

// The life of a company: create, update, archive.

const errors = [ValidationError, NotFoundError, ForbiddenError, ConflictError]
interface WithCompany {
  company: CompanyView
  commit: Commit
}

commandField('createCompany', {
  description: 'Makes a company, and you its owner. An INN is of one company in use.',
  input: builder.inputType('CreateCompanyInput', {
    description: 'Which company. `companyLookup` finds these details by the INN.',
    fields: t => ({
      inn: t.string({ required: true, description: '10 digits of a company or 12 of a sole trader.' }),
      name: t.string({ required: true, description: 'At most 200 characters.' }),
      kpp: t.string({ description: '9 characters; a sole trader has none.' }),
      ogrn: t.string({ description: '13 digits of a company or 15 of a sole trader.' }),
      legalAddress: t.string({ description: 'At most 500 characters.' }),
      idempotencyKey: t.field({
        type: 'UUID',
        description: 'Made by the client: the same key and input give the same company.',
      }),
    }),
  }),
  payload: payloadType<{ edge: Edge<CompanyView>; commit: Commit }>('CreateCompanyPayload', t => ({
    edge: t.field({
      type: CompanyList.edge,
      description: 'The company, as an edge of your list.',
      resolve: p => p.edge,
    }),
  })),
  errors: [ValidationError, ConflictError],
  resolve: async (input, ctx) => {
    const { inn, name } = input
    const wanted = {
      ...{ companyId: newId(), inn, name },
      kpp: input.kpp ?? null,
      ogrn: input.ogrn ?? null,
      legalAddress: input.legalAddress ?? null,
    }
    const commit = await command(ctx, viewerOf(ctx).userId, 'CreateCompany', wanted, input)
    return { edge: companyEdge(ctx, await companyOf(ctx, idOfStream(commit.stream))), commit }
  },
})

commandField('updateCompany', {
  description: 'Changes the details of a company.',
  input: builder.inputType('UpdateCompanyInput', {
    description: 'What changes; what is left out stays, and null clears.',
    fields: t => ({
      companyId: t.id({ required: true, description: 'Id of the Company.' }),
      name: t.string({ description: 'At most 200 characters.' }),
      kpp: t.string({ description: '9 characters; a sole trader has none.' }),
      ogrn: t.string({ description: '13 digits of a company or 15 of a sole trader.' }),
      legalAddress: t.string({ description: 'At most 500 characters.' }),
      expectedVersion: t.int({ description: 'The version you saw; a stale one is refused.' }),
    }),
  }),
  payload: payloadType<WithCompany>('UpdateCompanyPayload', t => ({
    company: t.field({ type: Company, description: 'The company as it is now.', resolve: p => p.company }),
  })),
  errors,
  subject: input => input.companyId,
  resolve: async (input, ctx) => {
    const companyId = idOf('Company', input.companyId)
    const { kpp, ogrn, legalAddress, expectedVersion } = input
    const wanted = {
      ...{ companyId, name: notNull('name', input.name), kpp, ogrn, legalAddress },
      expectedVersion: expectedVersion ?? undefined,
    }
    const commit = await command(ctx, viewerOf(ctx).userId, 'UpdateCompany', wanted)
    return { company: await answeredCompany(ctx, companyId), commit }
  },
})

commandField('archiveCompany', {
  description: 'Archives a company for good: it can be read, its chats are archived, and its INN is free again.',
  input: builder.inputType('ArchiveCompanyInput', {
    description: 'Which company.',
    fields: t => ({
      companyId: t.id({ required: true, description: 'Id of the Company.' }),
      expectedVersion: t.int({ description: 'The version you saw; a stale one is refused.' }),
    }),
  }),
  payload: payloadType<WithCompany>('ArchiveCompanyPayload', t => ({
    company: t.field({ type: Company, description: 'The company as it is now.', resolve: p => p.company }),
  })),
  errors,
  subject: input => input.companyId,
  resolve: async (input, ctx) => {
    const companyId = idOf('Company', input.companyId)
    const wanted = { companyId, expectedVersion: input.expectedVersion ?? undefined }
    const commit = await command(ctx, viewerOf(ctx).userId, 'ArchiveCompany', wanted)
    return { company: await answeredCompany(ctx, companyId), commit }
  },
})
