import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import type { Context } from '../graph/context.ts'
import type { Contexts, Speaker } from './contexts.ts'
import type { Documents } from './documents.ts'
import type { Execution } from './execution.ts'
import { schema } from './schema.ts'
import type { Selections } from './selection.ts'
import { type Listener, listen, type Subscription } from './subscription.ts'

// Operations that come on sockets, over the same documents and the same execution as those that come by POST.

export interface SocketExecution {
  /** What to carry out, or why it is not. */
  argsOf: (speaker: Speaker, payload: SubscribePayload) => ExecutionArgs | readonly GraphQLError[]
  context: (speaker: Speaker) => Context
  execute: (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>
  subscribe: (args: ExecutionArgs, listener: Listener) => Promise<Subscription | ExecutionResult>
}

export function createSocketExecution(options: {
  contexts: Contexts
  documents: Documents
  execution: Execution
  selections: Selections
}): SocketExecution {
  const { contexts, documents, execution, selections } = options
  return {
    context: contexts.speaking,
    execute: execution.execute,
    argsOf(speaker, { query, operationName, variables, extensions }) {
      const document = documents.good(query)
      if (!document) return documents.problems(query).map(told)
      if (!getOperationAST(document, operationName))
        return [refused('Could not determine what operation to execute.', 'OPERATION_RESOLUTION_FAILURE')]
      return {
        schema,
        document,
        contextValue: Object.assign(contexts.speaking(speaker), { params: { extensions } }),
        ...(operationName == null ? {} : { operationName }),
        ...(variables == null ? {} : { variableValues: variables }),
      }
    },
    async subscribe(args, listener) {
      const admitted = await execution.admit(args)
      if (typeof admitted !== 'number') return { errors: [admitted] }
      const { baseUrl } = args.contextValue as Context
      return listen(args, () => selections(args, baseUrl), listener)
    },
  }
}

/** As HTTP tells it: with a code, and without what is meant for HTTP's status. */
const told = ({ message, nodes, source, positions, extensions: { code = 'GRAPHQL_PARSE_FAILED' } }: GraphQLError) =>
  new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code },
  })

export const refused = (message: string, code: string) => new GraphQLError(message, { extensions: { code } })
