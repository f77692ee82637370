import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { diskFiles } from '../src/adapter/disk/files.ts'
import { filesByIds } from '../src/domain/file/queries.ts'
import { newId } from '../src/kernel/id.ts'
import { type Files, keyOf } from '../src/port/files.ts'
import { processesFrom } from '../src/processes.ts'
import { pieces } from './contract/files.ts'
import { until } from './contract/pubsub.ts'
import { freshDatabase } from './fresh.ts'
import { withoutMails } from './mails.ts'
import { done, newGroup, newUser, openWorkshop, type Workshop } from './workshop.ts'

// What nobody needs is swept, and nothing else.

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
let dir: string
let files: Files
let ann: string
beforeAll(async () => {
  fresh = await freshDatabase()
})
afterAll(() => fresh.drop())
beforeEach(async () => {
  shop = openWorkshop(fresh.url)
  dir = mkdtempSync(join(tmpdir(), 'files-'))
  files = diskFiles(dir, 'secret')
  ann = await newUser(shop.dispatch)
})
afterEach(async () => {
  await shop.close()
  rmSync(dir, { recursive: true, force: true })
})

const processes = () =>
  processesFrom({
    ...withoutMails,
    ...shop.needs,
    dispatch: shop.carry,
    ask: shop.ask,
    store: shop.store,
    files,
    unusedFileHours: 24,
  })
/** Every chore, to its end. */
async function sweep(): Promise<void> {
  for (const { run } of processes().chores) while (await run());
}

async function announced(): Promise<string> {
  const fileId = newId()
  const said = { fileId, name: 'a.txt', contentType: 'text/plain', size: 5, sha256: null }
  await done(shop.dispatch('CreateFileUpload', said, ann))
  return fileId
}
async function ready(more: object = {}): Promise<string> {
  const fileId = await announced()
  await files.put(fileId, pieces('hello'), 5)
  const found = {
    good: true,
    contentType: 'text/plain',
    sha256: 'ff',
    ...{ width: null, height: null, durationMs: null },
    thumbnail: false,
    previewHash: null,
    ...more,
  }
  await done(shop.dispatch('CompleteFileUpload', { fileId, found }, ann))
  return fileId
}
async function sent(fileId: string): Promise<{ chatId: string; messageId: string }> {
  const chatId = await newGroup(shop.dispatch, ann)
  const messageId = newId()
  await done(shop.dispatch('SendMessage', { chatId, messageId, replyToId: null, fileIds: [fileId] }, ann))
  return { chatId, messageId }
}
/** As if it had been a day and an hour. */
const age = () =>
  shop.query(
    `update files set created_at = created_at - interval '25 hours', settled_at = settled_at - interval '25 hours'`,
  )
const ageBytes = (key: string, hours = 2) => {
  const then = new Date(Date.now() - hours * 3_600_000)
  utimesSync(join(dir, key.slice(34, 36), key), then, then)
}
const stateOf = async (id: string) => (await shop.ask(filesByIds, [id]))[0]?.state ?? 'DELETED'

test('rows of files, and of messages that hold them, follow from the log', async () => {
  const [one, two, three] = [await ready(), await ready(), await announced()]
  const message = await sent(one)
  await sent(two)
  await done(shop.dispatch('DeleteMessage', message, ann))
  await done(shop.dispatch('DeleteFile', { fileId: two }, ann))
  await done(shop.dispatch('RejectFile', { fileId: three, reason: 'no' }, ann))
  expect(await shop.differences()).toEqual([])
  await shop.query('update message_files set place = 7 where file_id = $1', [one])
  expect(await shop.differences()).toMatchObject([{ table: 'message_files' }])
  await shop.query('update message_files set place = 0 where file_id = $1', [one])
})

test('an upload that was not completed in a day is rejected; a younger one is not', async () => {
  const old = await announced()
  await age()
  const young = await announced()
  await sweep()
  expect([await stateOf(old), await stateOf(young)]).toEqual(['REJECTED', 'PENDING'])
  expect((await shop.ask(filesByIds, [old]))[0]?.rejectionReason).toBe('It was not completed in time.')
  await age()
  await sweep()
  expect([await stateOf(old), await stateOf(young)]).toEqual(['DELETED', 'REJECTED'])
})

test('a file is dropped when nothing has held it for a day, and stays while a message does', async () => {
  const [never, held, erased, orphan] = [await ready(), await ready(), await ready(), await ready()]
  await sent(held)
  const message = await sent(erased)
  await done(shop.dispatch('DeleteMessage', message, ann))
  const { chatId } = await sent(orphan)
  await done(shop.dispatch('DeleteChat', { chatId }, ann))
  const all = async () => Promise.all([never, held, erased, orphan].map(stateOf))
  await sweep()
  expect(await all()).toEqual(Array(4).fill('READY'))
  await age()
  const young = await ready()
  await sweep()
  expect(await all()).toEqual(['DELETED', 'READY', 'DELETED', 'DELETED'])
  expect(await stateOf(young)).toBe('READY')
  expect(await files.stat(held)).not.toBeNull()
})

test('a picture of somebody or of a group stays, until it is none', async () => {
  const [mine, ours] = [await ready({ thumbnail: true }), await ready({ thumbnail: true })]
  const chatId = await newGroup(shop.dispatch, ann)
  await done(shop.dispatch('UpdateProfile', { userId: ann, avatarFileId: mine }, ann))
  await done(shop.dispatch('UpdateChat', { chatId, avatarFileId: ours }, ann))
  await age()
  await sweep()
  expect([await stateOf(mine), await stateOf(ours)]).toEqual(['READY', 'READY'])
  await done(shop.dispatch('DeleteAccount', { userId: ann }, ann))
  await done(shop.dispatch('DeleteChat', { chatId }, ann))
  await sweep()
  expect([await stateOf(mine), await stateOf(ours)]).toEqual(['DELETED', 'DELETED'])
})

test('while rows are missing nothing is dropped: what nothing seems to hold may be held', async () => {
  const id = await ready()
  const { chatId } = await sent(id)
  await age()
  // The message is in the log, and its row is not there yet.
  await shop.query('delete from message_files where file_id = $1', [id])
  await shop.query('update streams set projected = projected - 1 where id = $1', [`chat-${chatId}`])
  await shop.query('insert into behind select id from streams where id = $1', [`chat-${chatId}`])
  await sweep()
  expect(await stateOf(id)).toBe('READY')
  shop.work()
  await until(async () => (await shop.query('select from behind')).length === 0)
  await sweep()
  expect(await stateOf(id)).toBe('READY')
})

test('the bytes of a deleted or rejected file go at once, the thumbnail as well; those of others stay', async () => {
  const { reactors } = processes()
  shop.react(reactors)
  const [gone, stays] = [await ready(), await ready()]
  await files.put(keyOf(gone, 'thumbnail'), pieces('small'), 5)
  const rejected = await announced()
  await files.put(rejected, pieces('wrong'), 5)
  await done(shop.dispatch('CompleteFileUpload', { fileId: rejected, found: { good: false, reason: 'no' } }, ann))
  await done(shop.dispatch('DeleteFile', { fileId: gone }, ann))
  await until(async () => (await files.list(null, 10)).length === 1)
  expect(await files.list(null, 10)).toEqual([stays])
})

test('bytes that belong to no file are removed after an hour, also of a file that was deleted meanwhile', async () => {
  const [stranger, young, deleted] = [newId(), newId(), await ready()]
  const [pending, good] = [await announced(), await ready()]
  for (const key of [stranger, young, pending, keyOf(good, 'thumbnail'), keyOf(stranger, 'thumbnail')])
    await files.put(key, pieces('x'), 1)
  await done(shop.dispatch('DeleteFile', { fileId: deleted }, ann))
  for (const key of [stranger, deleted, pending, good, keyOf(good, 'thumbnail'), keyOf(stranger, 'thumbnail')])
    ageBytes(key)
  await sweep()
  expect([...(await files.list(null, 100))].sort()).toEqual([young, pending, good, keyOf(good, 'thumbnail')].sort())
})

test('more than a page of each', async () => {
  const ids = Array.from({ length: 450 }, newId)
  for (const id of ids) await files.put(id, pieces('x'), 1)
  for (const id of ids) ageBytes(id)
  await sweep()
  expect(await files.list(null, 10)).toEqual([])
})
