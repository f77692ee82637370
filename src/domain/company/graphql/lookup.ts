import { builder, viewerField } from '../../../graph/builder.ts'
import { type Context, load, Refused, viewerOf } from '../../../graph/context.ts'
import { type ErrorView, NotFoundError, toErrorView, UnavailableError, ValidationError } from '../../../graph/errors.ts'
import { notTooOften } from '../../../graph/often.ts'
import { type Rejection, reject, rejectField } from '../../../kernel/reject.ts'
import { line } from '../../../kernel/text.ts'
import { type RegisteredCompany, RegistryUnavailable } from '../../../port/company-registry.ts'
import { Inn } from '../commands/index.ts'
import { Company, myCompaniesByInn } from './company.ts'

const mostSuggested = 20
const SearchText = line(1, 300)

const CompanyLookup = builder.objectRef<RegisteredCompany>('CompanyLookup').implement({
  description: "A company or a sole trader as the state's register has it.",
  fields: t => ({
    inn: t.exposeString('inn', { description: 'Tax number: 10 digits of a company, 12 of a sole trader.' }),
    name: t.exposeString('name', { description: 'What it is called, with its legal form.' }),
    kpp: t.exposeString('kpp', {
      nullable: true,
      description: 'Code of its registration with a tax office; sole traders have none.',
    }),
    ogrn: t.exposeString('ogrn', {
      nullable: true,
      description: 'Number in the register: 13 digits of a company, 15 of a sole trader.',
    }),
    legalAddress: t.exposeString('legalAddress', { nullable: true, description: 'Where it is registered.' }),
    company: t.field({
      ...viewerField,
      type: Company,
      nullable: true,
      description: 'The company with this INN here, when you are a member of it and it is in use.',
      resolve: async ({ inn }, _, ctx) => {
        const company = await load(ctx, myCompaniesByInn, inn)
        return company?.archivedAt === null ? company : null
      },
    }),
  }),
})

const CompanySuggestions = builder
  .objectRef<{ companies: readonly RegisteredCompany[] }>('CompanySuggestions')
  .implement({
    description: 'What the register has for the beginning of a name or a number.',
    fields: t => ({
      companies: t.field({
        type: [CompanyLookup],
        description: 'The likeliest first.',
        resolve: ({ companies }) => [...companies],
      }),
    }),
  })

const isError = (value: object): value is ErrorView => 'errorType' in value

const CompanyLookupResult = builder.unionType('CompanyLookupResult', {
  description: 'What `companyLookup` answers with.',
  types: [CompanyLookup, ValidationError, NotFoundError, UnavailableError],
  resolveType: value => (isError(value) ? value.errorType : 'CompanyLookup'),
})
const CompanySuggestionsResult = builder.unionType('CompanySuggestionsResult', {
  description: 'What `companySuggestions` answers with.',
  types: [CompanySuggestions, ValidationError, UnavailableError],
  resolveType: value => (isError(value) ? value.errorType : 'CompanySuggestions'),
})

const lookupErrors = [ValidationError, NotFoundError, UnavailableError]

builder.queryFields(t => ({
  companyLookup: t.field({
    type: CompanyLookupResult,
    nullable: true,
    description: "Finds a company in the state's register, before it is made here or to compare.",
    args: { inn: t.arg.string({ required: true, description: 'Its INN: 10 or 12 digits.' }) },
    resolve: (_, { inn }, ctx) =>
      answered(ctx, async () => {
        const { data, error } = Inn.safeParse(inn)
        if (error) throw new Refused(rejectField('inn', error.issues[0]?.message ?? 'This is not an INN.'))
        await counted(ctx)
        const found = await ctx.companyRegistry.byInn(data)
        if (!found) throw new Refused(reject('NOT_FOUND', 'The register has no company with this INN.'))
        return found
      }),
  }),
  companySuggestions: t.field({
    type: CompanySuggestionsResult,
    nullable: true,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 10 }),
    description:
      "Companies of the state's register that fit what somebody has typed so far: part of a name, an INN or an OGRN.",
    args: {
      query: t.arg.string({ required: true, description: 'What was typed: 1 to 300 characters.' }),
      first: t.arg.int({ description: `How many, 1 to ${mostSuggested}; 10 when left out.` }),
    },
    resolve: (_, { query, first }, ctx) =>
      answered(ctx, async () => {
        const { data, error } = SearchText.safeParse(query)
        if (error) throw new Refused(rejectField('query', error.issues[0]?.message ?? 'This cannot be searched for.'))
        const limit = first ?? 10
        if (limit < 1 || limit > mostSuggested)
          throw new Refused(rejectField('first', `It is from 1 to ${mostSuggested}.`))
        await counted(ctx)
        return { companies: await ctx.companyRegistry.suggest(data, limit) }
      }),
  }),
}))

/** The register is paid for by the question. Throws RATE_LIMITED. */
const counted = (ctx: Context): Promise<void> =>
  notTooOften(ctx, { name: 'lookup', points: ctx.limits.lookup, seconds: 3_600 }, viewerOf(ctx).userId)

/** An answer, or why there is none, for who is signed in. */
async function answered<View>(ctx: Context, find: () => Promise<View>): Promise<View | ErrorView> {
  viewerOf(ctx)
  try {
    return await find()
  } catch (error) {
    if (error instanceof Refused) return toErrorView(error.rejection, lookupErrors)
    if (!(error instanceof RegistryUnavailable)) throw error
    ctx.log.debug({ err: error }, 'a company was not looked up')
    return toErrorView(away(error.retryAt), lookupErrors)
  }
}

const away = (retryAt: Date | null): Rejection =>
  reject(
    'EXTERNAL_UNAVAILABLE',
    'The company register does not answer now. Try later, or fill the details in by hand.',
    {
      ...(retryAt && { retryAt }),
    },
  )
