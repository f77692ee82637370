// The program's HTTP server and whole schema, with authentication, limits and masking; commands are not carried out and no
// row is read: what remains is the cost of the API.
import { memoryEphemeral } from '../../src/adapter/memory/ephemeral.ts'
import { memoryPubSub } from '../../src/adapter/memory/pubsub.ts'
import { createLog } from '../../src/adapter/pino/log.ts'
import { createAdmission } from '../../src/api/admission.ts'
import { createAuth } from '../../src/api/auth.ts'
import { createPlaces } from '../../src/api/place.ts'
import { createHttpServer } from '../../src/api/server.ts'
import { createApi } from '../../src/api/yoga.ts'
import type { MessageView } from '../../src/domain/chat/queries/index.ts'
import type { Services } from '../../src/graph/context.ts'
import { createTokens } from '../../src/graph/tokens.ts'
import type { Commit } from '../../src/port/event-store.ts'
import type { Sessions } from '../../src/port/sessions.ts'
import { keyFor } from '../harness/house.ts'
import { body } from '../harness/message.ts'
import { chatAt, userAt } from '../harness/people.ts'
import { answer } from './answer.ts'

const epoch = 'bench'
const chatId = chatAt(0)
const commit: Commit = { stream: `chat-${chatId}`, first: 7, last: 7, position: 9n, projected: true, again: false }
const noNote = { noteKind: null, noteSubjectId: null, noteText: null }
const none = { ...noNote, entities: [], mentions: [], replyToId: null, editedAt: null, deletedAt: null, pinnedAt: null }
const row: MessageView = {
  ...{ nodeType: 'Message', id: chatAt(1), chatId, sequence: 7, version: 7, authorId: userAt(0), commandId: chatAt(2) },
  ...{ contentKind: 'TEXT', body, createdAt: new Date(), pinnedSequence: null, ...none },
}

const log = createLog('error', 'all')
const pubsub = memoryPubSub(error => log.error({ error }, 'pubsub'))
const sessions = { live: async (ids: readonly string[]) => new Set(ids) } as unknown as Sessions
const tokens = createTokens(keyFor('tokens'), epoch)
const auth = createAuth({ secret: keyFor('access'), accessSeconds: 36_000, sessions, tokens })
const services = {
  ...{ tokens, log, ...auth, ephemeral: memoryEphemeral(pubsub) },
  dispatch: async () => commit,
  ask: async () => row,
} as unknown as Services
const sessionWatch = { watch: () => undefined, unwatch: () => undefined, stop: () => undefined }
const corsOrigins: string[] = []
const placeOf = createPlaces(0, keyFor('places'))
const engine = createApi({ services, auth, sessionWatch, corsOrigins, introspection: false, placeOf, publicUrl: null })
const server = createHttpServer({
  ...{
    ...engine,
    auth,
    sessionWatch,
    log,
    corsOrigins,
    graphiql: false,
    answers: true,
    devPages: null,
    fileDoor: null,
  },
  ...{ admission: createAdmission({ patienceMs: 150 }), slowReaderMs: 10_000, isReady: async () => true },
})

answer({
  listen: () => server.listen('127.0.0.1', 0),
  /** An access token of user `i`. */
  async token(i: number) {
    const session = { id: userAt(i), userId: userAt(i), generation: 0, expiresAt: new Date(Date.now() + 36_000_000) }
    return (await auth.issue(session)).accessToken
  },
})
