import { createHash } from 'node:crypto'
import type { Loose, Person } from './client.ts'

// Files as people send them: announced, put, completed.

export const fields = `id name contentType size state rejectionReason width height durationMs previewHash url thumbnailUrl urlExpiresAt`
const errors = '... on Error { code message } ... on ValidationError { issues { path message } }'

export async function announce(by: Person, input: object): Promise<Loose> {
  const data = await by.ask(
    `mutation ($input: CreateFileUploadInput!) { createFileUpload(input: $input) {
      ... on CreateFileUploadPayload { file { ${fields} } target { url method headers { name value } expiresAt } } ${errors} } }`,
    { input: { name: 'a.txt', contentType: 'text/plain', size: 5, ...input } },
  )
  return data.createFileUpload
}

export async function complete(by: Person, fileId: string): Promise<Loose> {
  const data = await by.ask(
    `mutation ($input: CompleteFileUploadInput!) { completeFileUpload(input: $input) {
      ... on CompleteFileUploadPayload { file { ${fields} } commit } ${errors} } }`,
    { input: { fileId } },
  )
  return data.completeFileUpload
}

export async function removeFile(by: Person, fileId: string): Promise<Loose> {
  const data = await by.ask(
    `mutation ($input: DeleteFileInput!) { deleteFile(input: $input) { ... on DeleteFilePayload { removedFileId commit } ${errors} } }`,
    { input: { fileId } },
  )
  return data.deleteFile
}

export async function fileOf(by: Person, id: string): Promise<Loose> {
  return (await by.ask(`query ($id: ID!) { node(id: $id) { ... on File { ${fields} } } }`, { id })).node
}

/** One request; its status, its headers and all that came. */
export async function http(
  url: string,
  init: RequestInit & { duplex?: 'half' } = {},
): Promise<{ status: number; headers: Headers; body: Buffer; text: string }> {
  const response = await fetch(url, init)
  const body = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, body, text: body.toString() }
}

export const put = (url: string, bytes: Uint8Array | string, headers: Record<string, string> = {}) =>
  http(url, { method: 'PUT', body: bytes as BodyInit, headers })

/** The whole way; the file as completing it answers. */
export async function upload(by: Person, bytes: Uint8Array | string, more: object = {}): Promise<Loose> {
  const buffer = Buffer.from(bytes)
  const announced = await announce(by, { size: buffer.length, ...more })
  if (!announced.file) throw new Error(`${announced.code}: ${announced.message}`)
  const { status, text } = await put(announced.target.url, buffer)
  if (status !== 201) throw new Error(`${status}: ${text}`)
  const completed = await complete(by, announced.file.id)
  if (!completed.file) throw new Error(`${completed.code}: ${completed.message}`)
  return completed.file
}

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')
