import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FragmentDefinitionNode,
  type GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { oncePer } from '../../kernel/once.ts'
import { isPlain } from './collect.ts'
import { createPlan, type Plan } from './plan.ts'
import { isPromise, type Operation, Run } from './run.ts'

export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>

type Given = NonNullable<ExecutionArgs['variableValues']>
const nothingGiven: Given = Object.freeze({})

interface Known {
  operation: Operation
  variablesOf: (given: Given) => ReturnType<typeof getVariableValues>
  /** Null: it is left to GraphQL. */
  plan: Plan | null
}

/**
 * GraphQL's `execute`, which makes a plan of an operation when it comes for the second time and keeps it: the `most` that were
 * used last. What is not plain is left to GraphQL. `planned` is told of each plan that is made.
 */
export function createExecute(
  most = 200,
  planned: (operation: OperationDefinitionNode) => void = () => undefined,
): Execute {
  const plans = new LRUCache<OperationDefinitionNode, Known>({ max: most })
  const seen = new WeakSet<OperationDefinitionNode>()

  function plannedOf({ schema, document }: ExecutionArgs, node: OperationDefinitionNode): Known | undefined {
    const known = plans.get(node)
    if (known || !seen.has(node)) {
      seen.add(node)
      return known
    }
    const fragments = fragmentsOf(document)
    const operation = { schema, node, fragments }
    const plan = isPlain(node, fragments) ? createPlan(operation) : null
    if (plan) planned(node)
    const coerce = (given: Given) => getVariableValues(schema, node.variableDefinitions ?? [], given, { maxErrors: 50 })
    // Frame after frame of a subscription comes with the same variables.
    const variablesOf = node.operation === 'subscription' ? oncePer(coerce) : coerce
    const made: Known = { operation, plan, variablesOf }
    plans.set(node, made)
    return made
  }

  return args => {
    const node = getOperationAST(args.document, args.operationName)
    const known = node && plannedOf(args, node)
    if (!known?.plan || known.plan.isTooLarge()) return execute(args) as ReturnType<Execute>
    const { operation, plan, variablesOf } = known
    const { errors, coerced } = variablesOf(args.variableValues ?? nothingGiven)
    if (errors) return { errors }
    const run = new Run(operation, args, coerced)
    const failed = (error: unknown) => resultOf(run, run.fail(error as GraphQLError, undefined))
    try {
      const data = plan.execute(run)
      return isPromise(data) ? data.then(come => resultOf(run, come), failed) : resultOf(run, data)
    } catch (error) {
      return failed(error)
    }
  }
}

/** The one of this process: for requests, and for the frames of subscriptions. */
export const executePlanned: Execute = createExecute()

const resultOf = ({ errors }: Run, data: unknown): ExecutionResult =>
  (errors.length === 0 ? { data } : { errors, data }) as ExecutionResult

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null)
  for (const one of definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments[one.name.value] = one
  return fragments
}
