import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { EmbeddedError, startOf } from './embedded-process.ts'

/**
 * Makes this process the only one that uses `folder`, by a file that holds its pid and start time. The lock of a process
 * that has ended is taken over. Returns what gives it back.
 * @throws EmbeddedError when a living process holds it
 */
export async function lockFolder(folder: string, file: string): Promise<() => Promise<void>> {
  const mine = `${process.pid} ${startOf(process.pid) ?? ''}\n`
  await take(file, mine, folder)
  return async () => {
    if ((await read(file)) === mine) await rm(file, { force: true })
  }
}

async function take(file: string, mine: string, folder: string): Promise<void> {
  // linked, not opened: nobody ever sees a lock without its content
  while (!(await place(file, mine, link))) {
    const found = await read(file)
    if (found === undefined) continue
    const holder = livingHolder(found)
    if (holder !== undefined) {
      const who = holder === process.pid ? 'this process' : `process ${holder}`
      throw new EmbeddedError(`${folder} is already in use by ${who}: stop it, or set DATA_DIR to another folder`)
    }
    // Two may find the same dead holder. Only the one that holds the lock's own lock may replace it, after a second look.
    await take(`${file}~`, mine, folder)
    try {
      if ((await read(file)) === found && (await place(file, mine, rename))) return
    } finally {
      await rm(`${file}~`, { force: true })
    }
  }
}

async function place(file: string, text: string, how: typeof link | typeof rename): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, text)
  try {
    await how(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function livingHolder(text: string): number | undefined {
  const [pid, start = ''] = text.trim().split(' ')
  return startOf(Number(pid)) === start ? Number(pid) : undefined
}
