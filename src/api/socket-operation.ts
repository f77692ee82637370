import type { IncomingMessage } from 'node:http'
import { type DocumentNode, type ExecutionArgs, GraphQLError, getOperationAST } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Viewer } from '../graph/context.ts'
import type { Ready } from '../graph/seat.ts'
import type { Line } from './socket-lines.ts'
import type { Api } from './yoga.ts'

/** Who speaks on a socket. */
export interface Speaker {
  socket: WebSocket
  line: Line
  request: IncomingMessage
  viewer: Viewer | null
  tokenProblem: string | null
}

/** What an operation of a socket is carried out with: its `rootValue`. */
export interface Enveloped {
  socket: WebSocket
  execute: ReturnType<Api['getEnveloped']>['execute']
  subscribe: ReturnType<Api['getEnveloped']>['subscribe']
}

/** An operation that came on a socket, with the plugins that HTTP has: what to carry out, or why it is not. */
export async function operationOf(
  api: Api,
  { socket, line, request, viewer, tokenProblem }: Speaker,
  id: string,
  payload: SubscribePayload,
): Promise<ExecutionArgs | GraphQLError[]> {
  const { schema, parse, validate, execute, subscribe, contextFactory } = api.getEnveloped({
    req: request,
    requestId: crypto.randomUUID(),
    socket: { viewer, tokenProblem, tell: (ready: Ready) => line.tell(ready.framed(id)) },
    params: payload,
  })
  const document = parsed(() => parse(payload.query) as DocumentNode)
  if (document instanceof GraphQLError) return [told(document)]
  const errors = validate(schema, document)
  if (errors.length) return errors.map(told)
  const { operationName, variables } = payload
  if (!getOperationAST(document, operationName))
    return [refused('Could not determine what operation to execute.', 'OPERATION_RESOLUTION_FAILURE')]
  const contextValue = await contextFactory()
  const rootValue: Enveloped = { execute, subscribe, socket }
  return {
    schema,
    document,
    contextValue,
    rootValue,
    ...(operationName == null ? {} : { operationName }),
    ...(variables == null ? {} : { variableValues: variables }),
  }
}

/** A syntax error is an answer to its operation; thrown, it would end the socket with all the others on it. */
function parsed(parse: () => DocumentNode): DocumentNode | GraphQLError {
  try {
    return parse()
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
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
