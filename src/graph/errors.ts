import { GraphQLError } from 'graphql'
import type { Issue, Rejection, RejectionCode } from '../kernel/reject.ts'
import { builder } from './builder.ts'
import { findNode, globalId, Node } from './node.ts'

const codes: Record<RejectionCode, string> = {
  INVALID_INPUT: 'Something about the input is not valid; see the issues.',
  NOT_FOUND: 'It does not exist, or not for you.',
  FORBIDDEN: 'You see it, but may not do this.',
  VERSION_CONFLICT: 'It was changed since you looked.',
  STATE_CONFLICT: 'Its state does not allow this now.',
  IDEMPOTENCY_KEY_REUSED: 'The key was used before, with other input.',
  INVALID_CREDENTIALS: 'The e-mail, password or token is wrong.',
  TOKEN_EXPIRED: 'The token is not good any more.',
  ALREADY_EXISTS: 'Somebody has it already.',
  LIMIT_EXCEEDED: 'It would be too much or too many.',
  EXTERNAL_UNAVAILABLE: 'A system outside does not answer.',
}

export const ErrorCode = builder.enumType('ErrorCode', {
  description: 'Why something was refused.',
  values: Object.fromEntries(Object.entries(codes).map(([code, description]) => [code, { description }])) as Record<
    RejectionCode,
    { description: string }
  >,
})

/** A refusal as the API shows it; `current` is found when it is asked for. */
export interface ErrorView {
  errorType: ErrorTypeName
  rejection: Rejection
  /** Global id of the node that a version conflict is about. */
  current?: string
}
export type ErrorTypeName =
  | 'ValidationError'
  | 'NotFoundError'
  | 'ForbiddenError'
  | 'ConflictError'
  | 'CredentialsError'
  | 'UnavailableError'

export const ErrorInterface = builder.interfaceRef<ErrorView>('Error').implement({
  description: 'A refusal that the caller can act on. End each selection with `... on Error { code message }`.',
  resolveType: view => view.errorType,
  fields: t => ({
    code: t.field({ type: ErrorCode, description: 'Why, for programs.', resolve: e => e.rejection.code }),
    message: t.string({ description: 'Why, for people.', resolve: e => e.rejection.message }),
  }),
})

const InputIssue = builder.objectRef<Issue>('InputIssue').implement({
  description: 'One thing wrong with an input.',
  fields: t => ({
    path: t.stringList({ description: 'Where in the input.', resolve: i => [...i.path] }),
    code: t.field({ type: ErrorCode, description: 'What kind of fault.', resolve: i => i.code }),
    message: t.exposeString('message', { description: 'What is wrong, for people.' }),
  }),
})

export const ValidationError = builder.objectRef<ErrorView>('ValidationError').implement({
  description: 'The input is not valid.',
  interfaces: [ErrorInterface],
  fields: t => ({
    issues: t.field({
      type: [InputIssue],
      description: 'Each thing that is wrong.',
      resolve: e => [...(e.rejection.detail.issues ?? [])],
    }),
  }),
})

export const NotFoundError = builder.objectRef<ErrorView>('NotFoundError').implement({
  description: 'Something named in the input does not exist, or not for you: the two look alike.',
  interfaces: [ErrorInterface],
  fields: t => ({
    missingIds: t.idList({
      description: 'The ids that were not found, as far as they are known.',
      resolve: e => (e.rejection.detail.missing ?? []).map(({ type, id }) => (type ? globalId(type, id) : id)),
    }),
  }),
})

export const ForbiddenError = builder.objectRef<ErrorView>('ForbiddenError').implement({
  description: 'You see it, but may not do this.',
  interfaces: [ErrorInterface],
})

export const ConflictError = builder.objectRef<ErrorView>('ConflictError').implement({
  description: 'It was changed meanwhile, its state does not allow it, or somebody has it already.',
  interfaces: [ErrorInterface],
  fields: t => ({
    currentVersion: t.int({
      nullable: true,
      description: 'The version it has now, when `expectedVersion` was stale.',
      resolve: e => e.rejection.detail.currentVersion ?? null,
    }),
    current: t.field({
      type: Node,
      nullable: true,
      description: 'How it is now, when `expectedVersion` was stale.',
      resolve: (e, _, ctx) => (e.current ? findNode(ctx, e.current) : null),
    }),
  }),
})

export const CredentialsError = builder.objectRef<ErrorView>('CredentialsError').implement({
  description: 'The e-mail, password or token is wrong.',
  interfaces: [ErrorInterface],
  fields: t => ({
    retryAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When to try again, if tries were too many.',
      resolve: e => e.rejection.detail.retryAt ?? null,
    }),
  }),
})

export const UnavailableError = builder.objectRef<ErrorView>('UnavailableError').implement({
  description: 'A system outside does not answer, or is not configured here.',
  interfaces: [ErrorInterface],
  fields: t => ({
    retryAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it is worth trying again, if that is known.',
      resolve: e => e.rejection.detail.retryAt ?? null,
    }),
  }),
})

const typeOf: Record<RejectionCode, ErrorTypeName> = {
  INVALID_INPUT: 'ValidationError',
  LIMIT_EXCEEDED: 'ValidationError',
  NOT_FOUND: 'NotFoundError',
  FORBIDDEN: 'ForbiddenError',
  VERSION_CONFLICT: 'ConflictError',
  STATE_CONFLICT: 'ConflictError',
  IDEMPOTENCY_KEY_REUSED: 'ConflictError',
  ALREADY_EXISTS: 'ConflictError',
  INVALID_CREDENTIALS: 'CredentialsError',
  TOKEN_EXPIRED: 'CredentialsError',
  EXTERNAL_UNAVAILABLE: 'UnavailableError',
}

/** A rejection beside what was done all the same. */
export const errorBeside = (rejection: Rejection): ErrorView => ({ errorType: typeOf[rejection.code], rejection })

/** A rejection as a member of a result union, or as a top-level error when the union has no place for it. */
export function toErrorView(rejection: Rejection, members: readonly { name: string }[], current?: string): ErrorView {
  const errorType = typeOf[rejection.code]
  if (members.some(m => m.name === errorType))
    return { errorType, rejection, ...(current && rejection.code === 'VERSION_CONFLICT' ? { current } : {}) }
  throw new GraphQLError(rejection.message, { extensions: { code: rejection.code } })
}
