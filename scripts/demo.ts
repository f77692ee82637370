/**
 * Two people talk on a running server for about a minute, for whoever wants to see life in a subscription.
 * `npm run demo -- <handle>` brings that person into their chat. URL is the server, DEMO_SPEED makes them faster.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Name, type Step, talk, title } from './demo-talk.ts'

const url = (process.env.URL || 'http://127.0.0.1:4000').replace(/\/+$/, '')
const speed = Number(process.env.DEMO_SPEED) || 1
const [handle] = process.argv.slice(2)

interface Person {
  id: string
  email: string
  password: string
  token: string
}
interface Answer<Field> {
  data?: Record<string, (Field & { code?: string; message?: string }) | null>
  errors?: { message: string }[]
}
interface Edge {
  edge: { node: { id: string } }
}

/** Why the demo ends, in one line for its user. */
class Ended extends Error {}

/** Sends an operation and gives the answer of its one field. Throws Ended. */
async function ask<Field>(query: string, variables: object, token?: string): Promise<Field> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query, variables }),
  })
    .then(response => response.json() as Promise<Answer<Field>>)
    .catch(() => {
      throw new Ended(`No WellWon answers at ${url}: start one with npm start, or name another with URL=http://…`)
    })
  const [field] = Object.values(answer.data ?? {})
  const problem = answer.errors?.[0]?.message ?? (field?.code ? field.message : undefined)
  if (problem || !field) throw new Ended(`${url} refused what the demo asked for: ${problem ?? 'an empty answer'}`)
  return field
}

const mutation = (name: string, fields: string) => {
  const type = name.charAt(0).toUpperCase() + name.slice(1)
  return `mutation Demo($input: ${type}Input!) { ${name}(input: $input) { ... on ${type}Payload { ${fields} } ... on Error { code message } } }`
}
const registering = mutation('register', 'tokens { accessToken } viewer { user { id } }')
const creating = mutation('createChat', 'edge { node { id } }')
const sending = mutation('sendMessage', 'edge { node { id } }')
const editing = mutation('editMessage', 'editedMessage { id }')
const deleting = mutation('deleteMessage', 'deletedMessage { id }')
const reading = mutation('markMessagesAsRead', 'chat { id }')
const finding =
  'query Demo($query: String) { users(filter: { query: $query }, first: 100) { edges { node { id handle } } } }'

async function register(displayName: string): Promise<Person> {
  const mark = randomBytes(4).toString('hex')
  const email = `${displayName.toLowerCase()}.${mark}@example.com`
  const password = randomBytes(9).toString('base64url')
  const input = { email, password, displayName, handle: `${displayName.toLowerCase()}_${mark}` }
  const { tokens, viewer } = await ask<{ tokens: { accessToken: string }; viewer: { user: { id: string } } }>(
    registering,
    { input },
  )
  return { id: viewer.user.id, email, password, token: tokens.accessToken }
}

async function personOf(wanted: string, token: string): Promise<string> {
  const { edges } = await ask<{ edges: { node: { id: string; handle: string } }[] }>(finding, { query: wanted }, token)
  const found = edges.find(edge => edge.node.handle === wanted)
  if (found) return found.node.id
  throw new Ended(`Nobody at ${url} has the handle ${wanted}: { viewer { user { handle } } } tells yours`)
}

async function play(people: Record<Name, Person>, chatId: string): Promise<void> {
  const ids = new Map<string, string>() // of messages that were given a name
  let newest = ''
  for (const step of talk) {
    await pause(secondsFor(step) * (1_000 / speed), undefined, { signal: stopping.signal })
    const { token } = people[step.who]
    if ('says' in step) {
      const { says: text, as, to } = step
      const input = { chatId, content: { text }, replyToId: to && ids.get(to), idempotencyKey: randomUUID() }
      const { edge } = await ask<Edge>(sending, { input }, token)
      newest = edge.node.id
      if (as) ids.set(as, newest)
      console.log(`${step.who}: ${text}`)
    } else if ('edits' in step) {
      await ask(editing, { input: { messageId: ids.get(step.edits), body: step.into } }, token)
      console.log(`${step.who} edits: ${step.into}`)
    } else if ('deletes' in step) {
      await ask(deleting, { input: { messageId: ids.get(step.deletes) } }, token)
      console.log(`${step.who} deletes it.`)
    } else await ask(reading, { input: { chatId, upToMessageId: newest } }, token)
  }
}

/** As long as it takes to think of it and to write it. */
function secondsFor(step: Step): number {
  if ('says' in step) return 1 + step.says.length * 0.035
  return 'reads' in step ? 0.7 : 2
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

try {
  const people = { Ann: await register('Ann'), Bob: await register('Bob') }
  const guest = handle ? null : await register('Guest')
  const third = guest?.id ?? (await personOf(handle ?? '', people.Ann.token))
  const input = { kind: 'GROUP', title, participantIds: [people.Bob.id, third] }
  const { edge } = await ask<Edge>(creating, { input }, people.Ann.token)
  const chatId = edge.node.id
  console.log(
    `Ann and Bob talk in "${title}" for about ${Math.ceil(60 / speed)} s. To watch, open ${url}/graphql and play`,
  )
  if (guest)
    console.log(`  LogIn       with ${JSON.stringify({ input: { email: guest.email, password: guest.password } })}`)
  console.log(`  ChatEvents  with ${JSON.stringify({ chatId })}\n`)
  await play(people, chatId)
  console.log('\nThat was all. The chat stays: write in it.')
} catch (error) {
  if (stopping.signal.aborted) console.log('\nAnn and Bob have to go. The chat stays.')
  else if (error instanceof Ended) {
    console.error(error.message)
    process.exitCode = 1
  } else throw error
}
