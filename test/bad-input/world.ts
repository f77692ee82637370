import { type Loose, openGroup, type Person, participantId, register, send } from '../client.ts'
import { companyIdOf, ownMembership, templateIdOf } from '../company-people.ts'
import { upload } from '../filing.ts'
import { type Sent, tokensOf } from './wire.ts'

/** What bad requests borrow from: a person with a chat, and a stranger's chat. */
export interface World {
  ann: Person
  eve: Person
  chatId: string
  messageId: string
  foreignChatId: string
  foreignMessageId: string
  foreignParticipantId: string
  foreignSessionId: string
  companyId: string
  memberId: string
  foreignCompanyId: string
  foreignMemberId: string
  templateId: string
  foreignTemplateId: string
  fileId: string
  /** A cursor of `viewer.chats`. */
  chatsCursor: string
  position: string
  tokens: Awaited<ReturnType<typeof tokensOf>>
}

export async function makeWorld(url: string): Promise<World> {
  const ann = await register(url, 'Ann')
  const eve = await register(url, 'Eve')
  const chat = await openGroup(ann, [])
  const foreign = await openGroup(eve, [])
  const { id: messageId } = await send(ann, chat.id, 'hello')
  const { id: foreignMessageId } = await send(eve, foreign.id, 'hello')
  const foreigner: Loose = await eve.ask('{ viewer { sessions { id } } }')
  const companyId = await companyIdOf(ann)
  const foreignCompanyId = await companyIdOf(eve)
  const { viewer }: Loose = await ann.ask('{ viewer { chats { edges { cursor } } } }')
  return {
    ann,
    eve,
    chatId: chat.id,
    messageId,
    foreignChatId: foreign.id,
    foreignMessageId,
    foreignParticipantId: await participantId(eve, foreign.id, eve),
    foreignSessionId: foreigner.viewer.sessions[0].id,
    companyId,
    memberId: await ownMembership(ann, companyId),
    foreignCompanyId,
    foreignMemberId: await ownMembership(eve, foreignCompanyId),
    templateId: await templateIdOf(ann, companyId),
    foreignTemplateId: await templateIdOf(eve, foreignCompanyId),
    fileId: (await upload(ann, 'hello')).id,
    chatsCursor: viewer.chats.edges[0].cursor,
    position: chat.position,
    tokens: await tokensOf(ann),
  }
}

/** A request of Ann's. */
export const by = (world: World, sent: Sent): Sent => ({
  ...sent,
  headers: { authorization: `Bearer ${world.ann.accessToken}`, ...sent.headers },
})

/** A mutation of Ann's, answered with the type and the code of its result. */
export const mutation = (name: string, input: object): Sent => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { __typename ... on Error { code message } } }`
  return { body: { query, variables: { input } } }
}

export const query = (query: string, variables?: object): Sent => ({ body: { query, ...(variables && { variables }) } })
