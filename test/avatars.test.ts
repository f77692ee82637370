import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { create, room } from './chatting.ts'
import { type Loose, type Person, register } from './client.ts'
import { fileOf, http, removeFile, upload } from './filing.ts'
import { type House, openHouse } from './house.ts'
import { picture } from './pictures.ts'

// Pictures of people and of groups.

const dir = mkdtempSync(join(tmpdir(), 'files-'))
let house: House
let ann: Person
let bob: Person
let eve: Person
beforeAll(async () => {
  house = await openHouse({ FILES_DIR: dir })
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
  eve = await register(house.url, 'Eve')
})
afterAll(async () => {
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

const portrait = async (by: Person): Promise<Loose> =>
  upload(by, await picture(40, 40).png().toBuffer(), { name: 'me.png', contentType: 'image/png' })
async function profile(by: Person, input: object): Promise<Loose> {
  const data = await by.ask(
    `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { ... on UpdateProfilePayload { user { version displayName avatar { id url } } }
      ... on Error { code } ... on NotFoundError { missingIds } } }`,
    { input },
  )
  return data.updateProfile.user ?? data.updateProfile
}
async function group(by: Person, chatId: string, input: object): Promise<Loose> {
  const data = await by.ask(
    `mutation ($input: UpdateChatInput!) { updateChat(input: $input) { ... on UpdateChatPayload { chat { version title avatar { id thumbnailUrl } } }
      ... on Error { code } ... on NotFoundError { missingIds } } }`,
    { input: { chatId, ...input } },
  )
  return data.updateChat.chat ?? data.updateChat
}

const noted = `query ($id: ID!) { chat(id: $id) { messages(first: 50) { edges { node { systemNote { kind text } } } } } }`

test('a picture of oneself: everybody who is signed in sees it, in a direct chat as well', async () => {
  const file = await portrait(ann)
  expect(await fileOf(eve, file.id)).toBeNull()
  const before = await profile(ann, { displayName: 'Anna' })
  const now = await profile(ann, { avatarFileId: file.id })
  expect(now).toMatchObject({ displayName: 'Anna', avatar: { id: file.id }, version: before.version + 1 })
  expect(await profile(ann, { avatarFileId: file.id, expectedVersion: before.version })).toMatchObject({
    version: now.version,
  })
  const { user } = await eve.ask('query ($id: ID!) { user(id: $id) { avatar { id url } } }', { id: ann.id })
  expect(user.avatar.id).toBe(file.id)
  expect((await http(user.avatar.url)).status).toBe(200)
  expect(await fileOf(eve, file.id)).toMatchObject({ id: file.id })
  const { edge } = await create(bob, { kind: 'DIRECT', participantIds: [ann.id] })
  const { chat } = await bob.ask('query ($id: ID!) { chat(id: $id) { avatar { id } } }', { id: edge.node.id })
  expect(chat.avatar).toEqual({ id: file.id })
  expect((await profile(ann, { displayName: 'Ann' })).avatar).toMatchObject({ id: file.id })
  expect((await profile(ann, { avatarFileId: null })).avatar).toBeNull()
  expect(await fileOf(eve, file.id)).toBeNull()
})

test('a picture of a group: for who is in it', async () => {
  const chatId = await room(ann, { MEMBER: [bob] }, 'Room')
  const file = await portrait(ann)
  expect(await group(ann, chatId, { avatarFileId: file.id })).toMatchObject({ title: 'Room', avatar: { id: file.id } })
  expect(await fileOf(bob, file.id)).toMatchObject({ id: file.id })
  expect(await fileOf(eve, file.id)).toBeNull()
  expect(await group(ann, chatId, { title: 'Other' })).toMatchObject({ title: 'Other', avatar: { id: file.id } })
  expect(await group(bob, chatId, { avatarFileId: null })).toMatchObject({ code: 'FORBIDDEN' })
  await removeFile(ann, file.id)
  const { chat } = await bob.ask('query ($id: ID!) { chat(id: $id) { avatar { id } } }', { id: chatId })
  expect(chat.avatar).toBeNull()
  expect((await group(ann, chatId, { avatarFileId: null })).avatar).toBeNull()
  const seen = await ann.ask(noted, { id: chatId })
  const notes = seen.chat.messages.edges.flatMap(({ node }: Loose) => node.systemNote ?? [])
  expect(notes.filter(({ kind }: Loose) => kind === 'CHAT_RENAMED')).toEqual([
    { kind: 'CHAT_RENAMED', text: 'Other' }, // another picture alone is not noted
  ])
})

test("somebody else's picture, what is no picture, and what is not there are refused alike", async () => {
  const chatId = await room(ann, {}, 'Room')
  const foreign = await portrait(bob)
  await profile(bob, { avatarFileId: foreign.id }) // also one that she sees
  const text = await upload(ann, 'no picture')
  const absent = Buffer.from(`File:${crypto.randomUUID()}`).toString('base64url')
  for (const id of [foreign.id, text.id, absent]) {
    expect(await profile(ann, { avatarFileId: id })).toEqual({ code: 'NOT_FOUND', missingIds: [id] })
    expect(await group(ann, chatId, { avatarFileId: id })).toEqual({ code: 'NOT_FOUND', missingIds: [id] })
  }
  expect(await profile(ann, { avatarFileId: 'rubbish' })).toMatchObject({ code: 'NOT_FOUND' })
})
