import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../bench.ts'
import { run } from './child.ts'
import { Skipped } from './context.ts'

/** How long a flush of 8 KiB takes in a folder, in microseconds: the median of 200. */
export function fsyncMicros(folder: string): number {
  const page = Buffer.alloc(8_192, 1)
  const file = openSync(join(folder, 'fsync'), 'w')
  try {
    return median(
      Array.from({ length: 200 }, () => {
        writeSync(file, page)
        const began = performance.now()
        fdatasyncSync(file)
        return (performance.now() - began) * 1_000
      }),
    )
  } finally {
    closeSync(file)
  }
}

/** Builds the library that makes each flush 1 ms slower. Throws Skipped. */
export async function buildShim(folder: string): Promise<string> {
  const library = join(folder, 'shim.so')
  const source = new URL('../shim.c', import.meta.url).pathname
  await run(['cc', '-shared', '-fPIC', '-O2', '-o', library, source, '-ldl']).catch(error => {
    throw new Skipped(`there is no working C compiler (cc) to slow fsync down with: ${error.message.split('\n')[0]}`)
  })
  return library
}
