import { eventually, openGroup, type Person, register, send } from '../client.ts'
import { cuttable } from '../cuttable.ts'
import { chatEvents, follow, messageSteps, stepsInLog, type Transport } from './subscribing.ts'

export interface Cutting {
  url: string
  databaseUrl: string
  random: () => number
  cuts: number
  changes: number
  transport: Transport
  /** Called once, in the middle: a restart of the server, on the same port. */
  middle?: () => Promise<unknown>
}

/** A subscriber whose line is cut again and again while people write. What it saw, and what the log says. */
export async function cutWhileWriting(cutting: Cutting): Promise<{ seen: string[]; log: string[]; cuts: number }> {
  const { url, databaseUrl, random, transport, changes } = cutting
  const ann = await register(url, 'Ann')
  const bob = await register(url, 'Bob')
  const chat = await openGroup(ann, [bob])
  const line = await cuttable(url)
  const subscriber = follow(bob, chatEvents, { id: chat.id, after: chat.position }, { url: line.url, transport })
  let cuts = 0
  const cut = async () => {
    const before = subscriber.attempts()
    cuts++
    // Until it is felt: an attempt that is not connected yet has nothing to be cut.
    const felt = () => {
      if (subscriber.attempts() > before) return true
      line.cut()
      line.mend()
      return false
    }
    await eventually(felt, 30_000, 'a new attempt')
  }
  try {
    await eventually(() => subscriber.attempts() > 0)
    const half = Math.floor(changes / 2)
    const writers = [writer(ann, chat.id, random), writer(bob, chat.id, random), writer(ann, chat.id, random)]
    const cutter = { every: changes / cutting.cuts, cut, cuts: () => cuts }
    await write(writers, half, random, cutter, 0)
    await cutting.middle?.()
    await write(writers, changes - half, random, cutter, half)
    const last = await send(ann, chat.id, 'the last one')
    await eventually(
      () => messageSteps(subscriber.events()).includes(`MessageSent ${last.id}`),
      60_000,
      'the last message',
    )
  } finally {
    subscriber.stop()
    await line.close()
  }
  return { seen: messageSteps(subscriber.events()), log: await stepsInLog(databaseUrl, chat.id), cuts }
}

interface Cutter {
  every: number
  cut: () => Promise<void>
  cuts: () => number
}

/** Several writers make `changes` changes between them; meanwhile the line is cut at random, about each `every` changes. */
async function write(
  writers: Writer[],
  changes: number,
  random: () => number,
  cutter: Cutter,
  done: number,
): Promise<void> {
  let made = done
  const end = done + changes
  const cutting = (async () => {
    while (made < end) {
      const at = (cutter.cuts() + random()) * cutter.every
      await eventually(() => made >= at || made >= end, 60_000, 'more changes')
      if (made < end) await cutter.cut()
    }
  })()
  await Promise.all(
    writers.map(async one => {
      while (made < end) {
        made++
        await one()
      }
    }),
  )
  await cutting
  while (cutter.cuts() * cutter.every < end - cutter.every) await cutter.cut()
}

type Writer = () => Promise<void>

/** Somebody who sends, edits and deletes, one thing after the other. */
function writer(person: Person, chatId: string, random: () => number): Writer {
  const own: string[] = []
  return async () => {
    const what = random()
    const at = Math.floor(random() * own.length)
    const id = own[at]
    if (!id || what < 0.7) own.push((await send(person, chatId, `${own.length}`)).id)
    else if (what < 0.9) await change(person, 'editMessage', 'Edit', { messageId: id, body: `edited ${random()}` })
    else {
      own.splice(at, 1)
      await change(person, 'deleteMessage', 'Delete', { messageId: id })
    }
  }
}

async function change(person: Person, field: string, name: string, input: object): Promise<void> {
  const query = `mutation ($input: ${name}MessageInput!) { ${field}(input: $input) { __typename ... on Error { code message } } }`
  const data = await person.ask(query, { input })
  if (data[field].code) throw new Error(`${field}: ${data[field].message}`)
}
