import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import {
  type ChatEventsSubscription,
  CreateChatDocument,
  type CreateChatInput,
  ChatEventsDocument as Follow,
  MyChatsDocument,
  ReadBackDocument,
  RegisterDocument,
  SendMessageDocument,
} from './generated/graphql.ts'
import { createLink, type LinkOptions } from './resuming-link.ts'

// A client without a cache that knows the types of its answers: `npm run codegen` makes them from the operations of
// GraphiQL's tabs. Point codegen.ts at operations of your own.

/** Posts an operation. Its variables and its answer have the types of its document. Throws when the answer has errors. */
export async function ask<Data, Variables>(
  url: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  token?: string,
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: print(document), variables }),
  })
  const { data, errors } = (await response.json()) as { data: Data; errors?: { message: string }[] }
  if (errors) throw new Error(errors.map(error => error.message).join(' '))
  return data
}

/** A payload, or its refusal as something to throw: results are unions, and `in` tells their members apart. */
export function done<Payload extends object>(
  result: Payload | { code: string; message: string } | null,
): Exclude<Payload, { code: unknown }> {
  if (result && !('code' in result)) return result as Exclude<Payload, { code: unknown }>
  throw new Error(result ? `${result.code}: ${result.message}` : 'no answer')
}

/** Registers somebody, who opens a chat and says something. Gives what they read back. */
export async function firstSession(url: string, person: { email: string; password: string; displayName: string }) {
  const { tokens } = done((await ask(url, RegisterDocument, { input: person })).register)
  const token = tokens.accessToken
  const room: CreateChatInput = { kind: 'GROUP', title: 'Our first chat', participantIds: [] }
  const { edge } = done((await ask(url, CreateChatDocument, { input: room }, token)).createChat)
  const chatId = edge.node.id
  done((await ask(url, SendMessageDocument, { input: { chatId, content: { text: 'Hello!' } } }, token)).sendMessage)
  const { chat } = await ask(url, ReadBackDocument, { chatId }, token)
  const { viewer } = await ask(url, MyChatsDocument, {}, token)
  const messages = chat?.messages?.edges.map(({ node }) => node).filter(({ systemNote }) => !systemNote)
  return {
    token,
    chatId,
    position: chat?.position,
    titles: viewer?.chats.edges.map(chat => chat.node.title),
    said: messages?.map(({ author, body }) => `${author?.displayName}: ${body}`),
  }
}

/** Follows a chat from a position on, through the link of resuming-link.ts. Gives the way out. */
export function follow(
  options: LinkOptions,
  variables: { chatId: string; after: string },
  onEvent: (event: NonNullable<ChatEventsSubscription['chatEvents']['event']>) => void,
): () => void {
  return createLink(options).subscribe<NonNullable<ChatEventsSubscription['chatEvents']['event']>>(
    { query: print(Follow), variables },
    { onFrame: ({ event }) => event && onEvent(event) },
  )
}
