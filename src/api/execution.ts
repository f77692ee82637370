import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql'
import { type Context, openCommit, untilProjected } from '../graph/context.ts'
import { type CostOf, createCosts } from './cost.ts'
import { executePlanned } from './plans/execute.ts'
import { asksPosition } from './positions.ts'
import { maskError, withCode } from './protect.ts'

type Later<T> = T | Promise<T>

/** How operations are carried out, on every transport alike. */
export interface Execution {
  /** What an operation costs, once all that it has to wait for is there; or why it is refused. */
  admit: (args: ExecutionArgs) => Later<number | GraphQLError>
  /** A query or a mutation, with its cost in `extensions.cost` and its errors masked. */
  execute: (args: ExecutionArgs) => Later<ExecutionResult>
}

export function createExecution(costOf: CostOf = createCosts()): Execution {
  const cost = (args: ExecutionArgs) => {
    const reckoned = costOf(args)
    return typeof reckoned === 'number' ? reckoned : withCode(reckoned)
  }

  function admit(args: ExecutionArgs): Later<number | GraphQLError> {
    const token = commitOf(args)
    return token === undefined ? cost(args) : brought(args, token).then(error => error ?? cost(args))
  }

  function carryOut(args: ExecutionArgs, admitted: number | GraphQLError): Later<ExecutionResult> {
    if (typeof admitted !== 'number') return { errors: [admitted] }
    Object.assign(args.contextValue as Context, { asksPosition: asksPosition(args.document) })
    const result = executePlanned(args)
    return result instanceof Promise ? result.then(it => told(args, it, admitted)) : told(args, result, admitted)
  }

  return {
    admit,
    execute(args) {
      const admitted = admit(args)
      return admitted instanceof Promise ? admitted.then(it => carryOut(args, it)) : carryOut(args, admitted)
    },
  }
}

/** Without data nothing was carried out: a variable is wrong. It is told as any other refusal is. */
function told(args: ExecutionArgs, { errors, data, extensions }: ExecutionResult, cost: number): ExecutionResult {
  const about = { ...extensions, cost }
  if (!errors) return { data: data ?? null, extensions: about }
  const { log, requestId } = args.contextValue as Context
  const masked = errors.map(error => maskError(log, error, requestId))
  return data === undefined ? { errors: masked.slice(0, 1) } : { errors: masked, data, extensions: about }
}

/** The commit that a client brought back, as it came. */
const commitOf = (args: ExecutionArgs): unknown =>
  (args.contextValue as { params?: { extensions?: { commit?: unknown } } }).params?.extensions?.commit

/** Waits for a commit that a client brought back; gives why it is of no use, or not shown yet. */
async function brought(args: ExecutionArgs, token: unknown): Promise<GraphQLError | null> {
  const ctx = args.contextValue as Context
  const commit = typeof token === 'string' ? openCommit(ctx.tokens, token) : null
  if (!commit)
    return new GraphQLError('This commit token is not of this log.', { extensions: { code: 'INVALID_INPUT' } })
  try {
    await untilProjected(ctx, commit)
    return null
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
}
