import { describe, expect, test } from 'vitest'
import { ContentType, FileName } from '../../src/domain/file/commands.ts'
import { fileEvents } from '../../src/domain/file/events.ts'
import { file } from '../../src/domain/file/file.ts'
import { given } from '../../src/kernel/given.ts'
import { newId } from '../../src/kernel/id.ts'

const { FileUploadCreated, FileReady, FileRejected, FileDeleted } = fileEvents.make
const [fileId, owner, stranger] = [newId(), newId(), newId()]
const said = { fileId, contentType: 'image/png', size: 10, sha256: null }
const created = FileUploadCreated({ ...said, ownerId: owner }, { name: 'a.png' })
const seen = { contentType: 'image/png', sha256: 'ff', width: 1, height: 2, durationMs: null, thumbnail: true }
const good = { good: true as const, ...seen, previewHash: 'data:x' }
const ready = FileReady({ fileId, ownerId: owner, ...seen }, { previewHash: 'data:x' })
const bad = { good: false as const, reason: 'It lies.' }
const rejected = FileRejected({ fileId, reason: 'It lies.' })
const deleted = FileDeleted({ fileId })
const by = (actor: string) => ({ actor, facts: { openUploads: 0, fileSeen: false } })

describe('CreateFileUpload', () => {
  const input = { ...said, name: 'a.png' }
  test('announces it', () => given(file, []).when('CreateFileUpload', input, by(owner)).then([created]))
  test('a second time is nothing', () => given(file, [created]).when('CreateFileUpload', input, by(owner)).then([]))
  test('not more than a hundred open ones', () =>
    given(file, [])
      .when('CreateFileUpload', input, { actor: owner, facts: { openUploads: 100 } })
      .rejects('LIMIT_EXCEEDED'))
  test.each([
    ['nothing in it', { size: 0 }],
    ['too much', { size: 104_857_601 }],
    ['half a byte', { size: 1.5 }],
    ['a hash that is none', { sha256: 'xyz' }],
  ])('%s is refused', (_name, more) => {
    expect(() => given(file, []).when('CreateFileUpload', { ...input, ...more }, by(owner))).toThrow()
  })
})

describe('CompleteFileUpload', () => {
  const complete = (found: typeof good | typeof bad | null) => ({ fileId, found })
  test('good bytes make it ready, others reject it', () => {
    given(file, [created]).when('CompleteFileUpload', complete(good), by(owner)).then([ready])
    given(file, [created]).when('CompleteFileUpload', complete(bad), by(owner)).then([rejected])
  })
  test('what is settled stays', () => {
    given(file, [created, ready]).when('CompleteFileUpload', complete(bad), by(owner)).then([])
    given(file, [created, rejected]).when('CompleteFileUpload', complete(good), by(owner)).then([])
  })
  test('refusals', () => {
    given(file, [created]).when('CompleteFileUpload', complete(null), by(owner)).rejects('STATE_CONFLICT')
    given(file, [created]).when('CompleteFileUpload', complete(good), by(stranger)).rejects('NOT_FOUND')
    given(file, []).when('CompleteFileUpload', complete(good), by(owner)).rejects('NOT_FOUND')
    given(file, [created, deleted]).when('CompleteFileUpload', complete(good), by(owner)).rejects('NOT_FOUND')
  })
})

test('its owner deletes it, in each state, once', () => {
  for (const history of [[created], [created, ready], [created, rejected]]) {
    given(file, history).when('DeleteFile', { fileId }, by(owner)).then([deleted])
    given(file, history).when('DeleteFile', { fileId }, by(stranger)).rejects('NOT_FOUND')
    given(file, history)
      .when('DeleteFile', { fileId }, { actor: stranger, facts: { fileSeen: true } })
      .rejects('FORBIDDEN')
  }
  given(file, [created, deleted]).when('DeleteFile', { fileId }, by(owner)).rejects('NOT_FOUND')
})

test('the house rejects what was never completed, and drops what nothing holds', () => {
  const reject = { fileId, reason: 'It lies.' }
  given(file, [created]).when('RejectFile', reject, by(stranger)).then([rejected])
  given(file, [created, ready]).when('RejectFile', reject, by(stranger)).then([])
  given(file, [created, ready]).when('DropFile', { fileId }, by(stranger)).then([deleted])
  given(file, [created, deleted]).when('DropFile', { fileId }, by(stranger)).then([])
})

describe('names', () => {
  test.each(['a.png', 'Счёт № 5.pdf', "it's (1) %20 *.txt", 'a;b="c".txt', '文件.docx', '...', '.env', 'a\u200fb.txt'])(
    '%j is one',
    name => expect(FileName.parse(name)).toBe(name),
  )
  test.each([
    ...['', '  ', '.', '..', '../etc/passwd', 'a/b', 'a\\b', 'C:\\a', 'a\r\nSet-Cookie: x=1', 'a\u0000.png'],
    ...['annexe\u202egpj.exe', 'a\u2066b', 'x'.repeat(256), '\ud800', 'a\u0085b'],
  ])('%j is none', name => expect(FileName.safeParse(name).success).toBe(false))
})

test.each([
  ['image/png', 'image/png'],
  ['Image/PNG', 'image/png'],
  ['text/plain; charset=utf-8', 'text/plain'],
  ['image', null],
  ['image/', null],
  ['image/png\r\nx: y', null],
  ['*/*', null],
  [`a/${'x'.repeat(200)}`, null],
])('the content type %j', (given, expected) => {
  const { data } = ContentType.safeParse(given)
  expect(data ?? null).toBe(expected)
})
