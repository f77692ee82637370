import type { Readable } from 'node:stream'

// Where the bytes of files are kept, and the addresses at which clients send and fetch them. What a file is called, whose
// it is and who may have it is not known here: keys are ids that the program made, never a user's words.

/** What a client does to send the bytes: one request, exactly as said. */
export interface UploadTarget {
  url: string
  method: 'PUT'
  headers: readonly { name: string; value: string }[]
  expiresAt: Date
}

/** Which bytes of a file: those that were sent, or the small picture made of them. */
export type Variant = 'original' | 'thumbnail'

/** Asks for an address. `base`: the address of this server as its client sees it, without a slash at the end. */
export interface UploadOf {
  base: string
  id: string
  contentType: string
  /** Bytes, exactly. */
  size: number
}
export interface DownloadOf {
  base: string
  id: string
  variant: Variant
}

/** Where there are bytes: `size` in bytes, `at` when they came. */
export interface Stored {
  size: number
  at: Date
}

/** The bytes are not as many as was said. */
export class WrongSize extends Error {
  override name = 'WrongSize'
}
/** There are bytes under this key already: they are never overwritten. */
export class AlreadyStored extends Error {
  override name = 'AlreadyStored'
}
/** No room is left for more bytes. */
export class StorageFull extends Error {
  override name = 'StorageFull'
}

export interface Files {
  /** Where the client sends the bytes of a file. */
  uploadTarget(upload: UploadOf): Promise<UploadTarget>
  /** Where the client fetches them. The same for all who ask within some minutes, and good for at most five. */
  downloadUrl(download: DownloadOf): Promise<{ url: string; expiresAt: Date }>
  /**
   * Keeps `size` bytes under a key: all of them, lasting, or nothing, at once for all readers.
   * Throws WrongSize, AlreadyStored, StorageFull, and whatever the bytes' source throws.
   */
  put(key: string, bytes: AsyncIterable<Uint8Array>, size: number): Promise<void>
  /** Null where there is nothing. */
  stat(key: string): Promise<Stored | null>
  /** Bytes `from` to `to`, both included; all of them without. Errors (also: it is gone) come as the stream's `error`. */
  read(key: string, range?: { from: number; to: number }): Readable
  /** Gives a path at which the bytes can be read at random, for as long as `use` runs. Throws where there is nothing. */
  at<T>(key: string, use: (path: string) => Promise<T>): Promise<T>
  /** Removes them, if they are there. */
  remove(key: string): Promise<void>
  /** Keys in order, at most `limit`, after one: for who looks for what nobody needs any more. */
  list(after: string | null, limit: number): Promise<readonly string[]>
  /** Removes what uploads that broke off before a moment left behind; says how many. */
  clear(before: Date): Promise<number>
}

/** What an address of ours says, when it is ours. */
export type Signed =
  | { what: 'upload'; id: string; size: number; expiresAt: Date }
  | { what: 'download'; id: string; variant: Variant; expiresAt: Date }

/** A store that has no server of its own: ours answers at `/files/…`, and asks it what an address is good for. */
export interface ServedFiles extends Files {
  /** `target`: path and query as they came. Null: not an address that was signed here. Expired ones are given as well. */
  signed(target: string): Signed | null
}

/** The key of a variant of a file. */
export const keyOf = (id: string, variant: Variant): string => (variant === 'original' ? id : `${id}.thumbnail`)
