import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, link, mkdir, open, readdir, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { AlreadyStored, type ServedFiles, StorageFull, WrongSize } from '../../port/files.ts'
import { signedUrls } from './urls.ts'

/**
 * Files in a folder: `<last two letters of the id>/<key>`, and what is on its way in `incoming`. A file appears whole, by
 * its name, after its bytes are on the disk. Several processes may share the folder.
 * @param secret signs the addresses that it gives out
 */
export function diskFiles(folder: string, secret: string, now: () => number = Date.now): ServedFiles {
  const incoming = join(folder, 'incoming')
  const shelfOf = (key: string) => join(folder, key.slice(34, 36))
  const pathOf = (key: string) => join(shelfOf(checked(key)), key)

  return {
    ...signedUrls(secret, now),

    async put(key, bytes, size) {
      const path = pathOf(key)
      await Promise.all([incoming, shelfOf(key)].map(dir => mkdir(dir, { recursive: true, mode: 0o700 })))
      const temporary = join(incoming, `${key}.${randomUUID()}`)
      try {
        await written(temporary, bytes, size)
        await link(temporary, path) // unlike a rename it does not overwrite
        await synced(shelfOf(key))
      } catch (error) {
        throw named(error)
      } finally {
        await rm(temporary, { force: true })
      }
    },

    async stat(key) {
      try {
        const { size, mtime } = await stat(pathOf(key))
        return { size, at: mtime }
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null
        throw error
      }
    },

    read: (key, range) => createReadStream(pathOf(key), range ? { start: range.from, end: range.to } : {}),

    async at(key, use) {
      await access(pathOf(key))
      return use(pathOf(key))
    },

    async remove(key) {
      await rm(pathOf(key), { force: true })
    },

    async list(after, limit) {
      const from = after === null ? '' : orderOf(after)
      const keys: string[] = []
      for (const shelf of (await names(folder)).filter(name => /^[0-9a-f]{2}$/.test(name)).sort()) {
        if (shelf < from.slice(0, 2)) continue
        const here = (await names(join(folder, shelf))).filter(isKey).sort()
        keys.push(...here.filter(key => orderOf(key) > from).slice(0, limit - keys.length))
        if (keys.length >= limit) break
      }
      return keys
    },

    async clear(before) {
      let cleared = 0
      for (const name of await names(incoming)) {
        const path = join(incoming, name)
        const found = await stat(path).catch(() => null)
        if (!found || found.mtime >= before) continue // written to a moment ago: somebody is at it
        await unlink(path).catch(() => undefined)
        cleared++
      }
      return cleared
    },
  }
}

/** Writes exactly `size` bytes and sees to it that they are on the disk. One piece at a time: memory stays flat. */
async function written(path: string, bytes: AsyncIterable<Uint8Array>, size: number): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    let at = 0
    for await (const chunk of bytes) {
      if (at + chunk.length > size) throw new WrongSize(`more than ${size} bytes came`)
      for (let from = 0; from < chunk.length; )
        from += (await file.write(chunk, from, chunk.length - from, at + from)).bytesWritten
      at += chunk.length
    }
    if (at !== size) throw new WrongSize(`${at} of ${size} bytes came`)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function synced(folder: string): Promise<void> {
  const dir = await open(folder, 'r')
  try {
    await dir.sync()
  } finally {
    await dir.close()
  }
}

const isKey = (name: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.thumbnail)?$/.test(name)
/** A key is an id that the program made. Throws for anything else: no path is made of it. */
function checked(key: string): string {
  if (!isKey(key)) throw new Error('this is not the key of a file')
  return key
}
const orderOf = (key: string) => `${key.slice(34, 36)}/${key}`

const codeOf = (error: unknown) => (error as { code?: string }).code
function named(error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'EEXIST') return new AlreadyStored('there are bytes under this key already')
  return code === 'ENOSPC' || code === 'EDQUOT' ? new StorageFull('no room is left', { cause: error }) : error
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(error => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
}
