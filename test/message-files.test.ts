import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { edit, erase, leave, remove as removeChat, room, say } from './chatting.ts'
import { connect, eventually, type Loose, type Person, participantId, register } from './client.ts'
import { fields, fileOf, http, removeFile, upload } from './filing.ts'
import { type House, openHouse } from './house.ts'
import { follow, heard } from './live/subscribing.ts'

// Files in messages: who may send them, who may have them, and for how long.

const dir = mkdtempSync(join(tmpdir(), 'files-'))
let house: House
let [ann, bob, eve]: Person[] = []
let chatId: string
beforeAll(async () => {
  house = await openHouse({ FILES_DIR: dir })
  const people = await Promise.all(['Ann', 'Bob', 'Eve'].map(name => register(house.url, name)))
  ;[ann, bob, eve] = people
  chatId = await room(people[0] as Person, { MEMBER: [people[1] as Person] })
})
afterAll(async () => {
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})
const who = (person: Person | undefined): Person => person as Person

const shown = `id contentKind body files { ${fields} } deletedAt`
async function sendFiles(by: Person, to: string, fileIds: readonly string[], caption?: string | null): Promise<Loose> {
  const data = await by.ask(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on SendMessagePayload { edge { node { ${shown} } } }
      ... on Error { code message } ... on ValidationError { issues { path } } ... on NotFoundError { missingIds } } }`,
    { input: { chatId: to, content: { files: { fileIds, caption } } } },
  )
  return data.sendMessage.edge?.node ?? data.sendMessage
}
const messageOf = async (by: Person, id: string): Promise<Loose> =>
  (await by.ask(`query ($id: ID!) { node(id: $id) { ... on Message { ${shown} } } }`, { id })).node
const statusOf = async (url: string) => (await http(url)).status

test('sent, read and fetched by who is in the chat', async () => {
  const [one, two] = [await upload(who(ann), 'one'), await upload(who(ann), 'two')]
  const sent = await sendFiles(who(ann), chatId, [two.id, one.id], 'look at these')
  expect(sent).toMatchObject({ contentKind: 'FILES', body: 'look at these', files: [{ id: two.id }, { id: one.id }] })
  const seen = await messageOf(who(bob), sent.id)
  expect(seen.files.map((f: Loose) => [f.id, f.state, f.name])).toEqual([two, one].map(f => [f.id, 'READY', 'a.txt']))
  expect((await http(seen.files[0].url)).text).toBe('two')
  expect(await fileOf(who(bob), one.id)).toMatchObject({ id: one.id })
  expect(await fileOf(who(eve), one.id)).toBeNull()
  expect(await sendFiles(who(ann), chatId, [one.id])).toMatchObject({ body: null, files: [{ id: one.id }] })
  expect(await sendFiles(who(ann), chatId, [one.id, one.id], null)).toMatchObject({ files: [{ id: one.id }] })
  expect((await edit(who(ann), sent.id, 'better words')).editedMessage.body).toBe('better words')
  expect((await messageOf(who(bob), sent.id)).files).toHaveLength(2)
  expect(await say(who(ann), chatId, 'text')).toMatchObject({ edge: { node: { body: 'text' } } })
})

test('subscribers are told when their owner deletes one, wherever it was sent; of others nobody is', async () => {
  const [gone, kept, unsent] = [
    await upload(who(ann), 'gone'),
    await upload(who(ann), 'kept'),
    await upload(who(ann), 'x'),
  ]
  const other = await room(who(ann), { MEMBER: [who(bob)] })
  const [both, alone] = [
    await sendFiles(who(ann), chatId, [gone.id, kept.id]),
    await sendFiles(who(ann), other, [gone.id]),
  ]
  const erased = await sendFiles(who(ann), other, [gone.id])
  await erase(who(ann), erased.id)
  const document = `subscription ($id: ID!) { chatEvents(chatId: $id) { event { __typename
    ... on MessageEdited { actor { id } message { id editedAt files { id } } } ... on MessageSent { edge { node { body } } } } } }`
  const feeds = [chatId, other].map(id => follow(who(bob), document, { id }))
  const inbox = follow(
    who(bob),
    'subscription { inbox { event { __typename ... on UnreadCountChanged { chat { id } } } } }',
    {},
  )
  await eventually(() => [...feeds, inbox].every(feed => feed.frames.length > 0))
  await removeFile(who(ann), unsent.id)
  await removeFile(who(ann), gone.id)
  const told = await Promise.all(
    feeds.map(feed => heard(feed, e => e.__typename === 'MessageEdited', 'that it is gone')),
  )
  const edited = (id: string, files: Loose[]) => ({ actor: null, message: { id, editedAt: null, files } })
  expect(told).toMatchObject([edited(both.id, [{ id: kept.id }]), edited(alone.id, [])])
  await heard(inbox, e => e.__typename === 'UnreadCountChanged' && e.chat.id === other, 'in the list of chats')
  await say(who(ann), other, 'the end')
  const last = feeds[1]
  if (!last) throw new Error('no feed')
  await heard(last, e => e.edge?.node.body === 'the end', 'the end')
  expect(last.frames.filter((f: Loose) => f.event?.__typename === 'MessageEdited')).toHaveLength(1)
  for (const feed of [...feeds, inbox]) feed.stop()
})

test('subscribers get them with the message', async () => {
  const file = await upload(who(ann), 'live')
  const client = connect(who(bob))
  const frames = client.iterate<Loose>({
    query: `subscription ($id: ID!) { chatEvents(chatId: $id) { event { ... on MessageSent { edge { node { ${shown} } } } } } }`,
    variables: { id: chatId },
  })
  await frames.next()
  await sendFiles(who(ann), chatId, [file.id])
  const { value } = await frames.next()
  const [got] = value.data.chatEvents.event.edge.node.files
  expect((await http(got.url)).text).toBe('live')
  await client.dispose()
})

describe('what is refused', () => {
  const good = async () => (await upload(who(ann), 'mine')).id as string
  test('a file of somebody else, of nobody, and one that is not ready: as if they were not there', async () => {
    const mine = await good()
    const { file: pending } = (await import('./filing.ts').then(f => f.announce(who(ann), {}))) as Loose
    const lie = await upload(who(ann), 'no picture', { contentType: 'image/png' })
    expect(lie.state).toBe('REJECTED')
    const foreign = (await upload(who(bob), 'his')).id
    const absent = Buffer.from(`File:${crypto.randomUUID()}`).toString('base64url')
    for (const id of [foreign, absent, pending.id, lie.id]) {
      const answer = await sendFiles(who(ann), chatId, [mine, id])
      expect(answer).toMatchObject({ code: 'NOT_FOUND', missingIds: [id] })
    }
    // Bob's file is not Ann's to send, also where she may see it.
    await sendFiles(who(bob), chatId, [foreign])
    expect(await fileOf(who(ann), foreign)).not.toBeNull()
    expect(await sendFiles(who(ann), chatId, [foreign])).toMatchObject({ code: 'NOT_FOUND' })
  })
  test.each([
    ['none', 0, undefined, 'INVALID_INPUT'],
    ['eleven', 11, undefined, 'LIMIT_EXCEEDED'],
    ['a blank caption', 1, ' ', 'INVALID_INPUT'],
    ['a caption that is too long', 1, 'x'.repeat(16_385), 'INVALID_INPUT'],
  ])('%s', async (_name, count, caption, code) => {
    const id = await good()
    const answer = await sendFiles(who(ann), chatId, Array(count).fill(id), caption)
    expect(answer).toMatchObject({ code })
    if (caption) expect(answer.issues).toEqual([{ path: ['content', 'files', 'caption'] }])
  })
  test('in a chat that one is not in', async () => {
    const id = (await upload(who(eve), 'x')).id
    expect(await sendFiles(who(eve), chatId, [id])).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('for how long', () => {
  test('as long as one message holds it, also at addresses that were given out', async () => {
    const file = await upload(who(ann), 'short-lived')
    const [first, second] = [await sendFiles(who(ann), chatId, [file.id]), await sendFiles(who(ann), chatId, [file.id])]
    const [{ url }] = (await messageOf(who(bob), first.id)).files
    await erase(who(ann), first.id)
    expect(await messageOf(who(bob), first.id)).toMatchObject({ contentKind: 'FILES', files: [], body: null })
    expect(await statusOf(url)).toBe(200)
    await erase(who(ann), second.id)
    expect(await statusOf(url)).toBe(404)
    expect(await fileOf(who(bob), file.id)).toBeNull()
    expect(await fileOf(who(ann), file.id)).not.toBeNull()
    await sendFiles(who(ann), chatId, [file.id]) // it is still hers to send
    expect(await statusOf(url)).toBe(200)
  })

  test('until its owner deletes it: the message stays, without it', async () => {
    const [one, two] = [await upload(who(ann), 'one'), await upload(who(ann), 'two')]
    const sent = await sendFiles(who(ann), chatId, [one.id, two.id], 'both')
    const [{ url }] = (await messageOf(who(bob), sent.id)).files
    expect(await removeFile(who(bob), one.id)).toMatchObject({ code: 'FORBIDDEN' })
    expect(await removeFile(who(eve), one.id)).toMatchObject({ code: 'NOT_FOUND' })
    expect(await removeFile(who(ann), one.id)).toMatchObject({ removedFileId: one.id })
    expect(await messageOf(who(bob), sent.id)).toMatchObject({ body: 'both', files: [{ id: two.id }] })
    expect(await statusOf(url)).toBe(404)
  })

  test('not for who left or was removed, and for nobody when the chat is deleted', async () => {
    const other = await room(who(ann), { MEMBER: [who(bob), who(eve)] })
    const file = await upload(who(ann), 'for three')
    const sent = await sendFiles(who(ann), other, [file.id])
    const [{ url }] = (await messageOf(who(bob), sent.id)).files
    await leave(who(bob), other)
    expect(await fileOf(who(bob), file.id)).toBeNull()
    await who(ann).ask(
      'mutation ($input: RemoveParticipantInput!) { removeParticipant(input: $input) { __typename } }',
      { input: { participantId: await participantId(who(ann), other, who(eve)) } },
    )
    expect(await fileOf(who(eve), file.id)).toBeNull()
    expect(await statusOf(url)).toBe(200) // an address lives for minutes: it is for whoever has it
    await removeChat(who(ann), other)
    expect(await statusOf(url)).toBe(404)
  })
})

describe('Chat.sharedFiles', () => {
  const list = async (by: Person, id: string, first: number, after: string | null = null) =>
    (
      await by.ask(
        `query ($id: ID!, $first: Int, $after: String) { chat(id: $id) { sharedFiles(first: $first, after: $after) {
        edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`,
        { id, first, after },
      )
    ).chat?.sharedFiles

  test('the newest first, each once, page by page; not of deleted messages', async () => {
    const other = await room(who(ann), { MEMBER: [who(bob)] })
    const ids: string[] = []
    for (let i = 0; i < 7; i++) ids.push((await upload(who(ann), `${i}`, { name: `${i}.txt` })).id)
    const at = (i: number) => ids[i] as string
    await sendFiles(who(ann), other, [at(0), at(1), at(2)])
    const gone = await sendFiles(who(ann), other, [at(3)])
    await sendFiles(who(ann), other, [at(4), at(1)])
    await sendFiles(who(ann), other, [at(5)])
    await sendFiles(who(ann), other, [at(6)])
    await erase(who(ann), gone.id)
    await removeFile(who(ann), at(5))
    const expected = [6, 4, 1, 0, 2].map(at)
    const all = await list(who(bob), other, 100)
    expect(all.edges.map((e: Loose) => e.node.id)).toEqual(expected)
    const paged: string[] = []
    for (let after: string | null = null; ; ) {
      const page = await list(who(bob), other, 2, after)
      paged.push(...page.edges.map((e: Loose) => e.node.id))
      after = page.pageInfo.endCursor
      if (!page.pageInfo.hasNextPage) break
    }
    expect(paged).toEqual(expected)
    expect(await list(who(eve), other, 10)).toBeUndefined()
  })
})
