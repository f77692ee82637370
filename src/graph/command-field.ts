import type { InputObjectRef, ObjectFieldsShape, ObjectRef } from '@pothos/core'
import { type Rejection, reject } from '../kernel/reject.ts'
import type { Commit } from '../port/event-store.ts'
import { builder, type Types } from './builder.ts'
import { type Context, carryOut, Refused, signCommit, viewerOf } from './context.ts'
import { type ErrorView, toErrorView } from './errors.ts'

type ErrorRef = ObjectRef<Types, ErrorView>

/** A field of a command -> where it stands in the caller's input. */
type Paths = Readonly<Record<string, readonly string[]>>

/** A mutation: its command's name, its input, what it answers with and how it may be refused. */
export interface CommandField<Input, Payload extends object> {
  description: string
  input: InputObjectRef<Types, Input>
  payload: ObjectRef<Types, Payload>
  errors: readonly ErrorRef[]
  /** Global id of the node that `expectedVersion` speaks of. */
  subject?: (input: Input, ctx: Context) => string
  /** Where in this input a field of the command comes from, when it is called otherwise there. */
  paths?: Paths | ((input: Input) => Paths)
  /** Also for who is not signed in: all others are told to sign in, before anything of their input is looked at. */
  open?: true
  /** Null, without an error: nothing was done, and nothing of it lasts that would have to be told. */
  resolve: (input: Input, ctx: Context) => Promise<Payload | null>
}

/** Adds mutation `name` with its result union `<Name>Result`. A Refused thrown on the way becomes a member of the union. */
export function commandField<Input extends object, Payload extends object>(
  name: string,
  field: CommandField<Input, Payload>,
): void {
  const title = name.charAt(0).toUpperCase() + name.slice(1)
  const payloadName = `${title}Payload`
  const result = builder.unionType(`${title}Result`, {
    description: `What \`${name}\` answers with.`,
    types: [field.payload as ObjectRef<Types, object>, ...(field.errors as readonly ObjectRef<Types, object>[])],
    resolveType: value => ('errorType' in value ? (value as ErrorView).errorType : payloadName),
  })
  builder.mutationField(name, t =>
    t.field({
      type: result,
      nullable: true,
      description: field.description,
      args: {
        input: t.arg({
          type: field.input as InputObjectRef<Types, object>,
          required: true,
          description: 'What to do.',
        }),
      },
      resolve: async (_, { input }, ctx) => {
        if (!field.open) viewerOf(ctx)
        const given = input as Input
        try {
          return await field.resolve(given, ctx)
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          const { paths = {} } = field
          const rejection = inWordsOf(typeof paths === 'function' ? paths(given) : paths, error.rejection)
          return toErrorView(rejection, field.errors, field.subject?.(given, ctx))
        }
      },
    }),
  )
}

/** The same refusal, with the places of its issues as the caller's input calls them. */
function inWordsOf(paths: Paths, { code, message, detail }: Rejection): Rejection {
  const issues = detail.issues?.map(issue => {
    const [name, ...rest] = issue.path
    const path = name === undefined ? undefined : paths[name]
    return path ? { ...issue, path: [...path, ...rest] } : issue
  })
  return reject(code, message, issues ? { ...detail, issues } : detail)
}

/** The payload type of a mutation that writes: its fields and `commit`. */
export function payloadType<Payload extends { commit: Commit }>(
  name: string,
  fields: ObjectFieldsShape<Types, Payload>,
): ObjectRef<Types, Payload> {
  return builder.objectRef<Payload>(name).implement({
    description: 'It is done.',
    fields: t => ({
      ...fields(t),
      commit: t.field({
        type: 'CommitToken',
        description: 'Send it as `extensions.commit` of a later request to be sure that its answer shows this write.',
        resolve: (payload, _, ctx) => signCommit(ctx.tokens, payload.commit),
      }),
    }),
  })
}

/** The input of a mutation as its command takes it: dispatches with the caller as actor, and its input as what the key stands for. */
export function command(
  ctx: Context,
  actor: string,
  type: string,
  input: object,
  from: { idempotencyKey?: string | null | undefined } & object = {},
  secrets: readonly string[] = [],
): Promise<Commit> {
  const fingerprint = Object.fromEntries(
    Object.entries(from).filter(([name]) => name !== 'idempotencyKey' && !secrets.includes(name)),
  )
  return carryOut(ctx, { type, input, actor, key: from.idempotencyKey ?? null, fingerprint })
}

/** Absent keeps, null clears; but some things cannot be cleared. Throws Refused(INVALID_INPUT). */
export function notNull<T>(field: string, value: T | null | undefined): T | undefined {
  if (value !== null) return value
  const message = 'It cannot be cleared: leave it out to keep it.'
  throw new Refused(
    reject('INVALID_INPUT', 'The input is not valid.', { issues: [{ path: [field], code: 'INVALID_INPUT', message }] }),
  )
}
