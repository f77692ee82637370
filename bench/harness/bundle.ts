import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Stops } from './stops.ts'

const root = new URL('../..', import.meta.url).pathname
const builder = `${root}/bin/build.js`

/**
 * Bundles all that runs in processes of its own, as `npm start` bundles the program: what reads TypeScript at run time makes it
 * slower. Ours lie where the packages of the program are found, the peers where theirs are. Gives where each is by then.
 */
export async function bundlePrograms(stops: Stops): Promise<(path: string) => string> {
  const { bundle } = (await import(builder)) as { bundle: (folder: string, entries: string[]) => Promise<void> }
  const folders = { programs: join(root, 'node_modules/.cache'), peers: join(root, 'bench/node_modules/.cache') }
  const made = new Map<string, string>()
  for (const [kind, cache] of Object.entries(folders)) {
    const folder = join(cache, `bench-${process.pid}`)
    stops.add(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(cache, { recursive: true })
    const files = readdirSync(join(root, 'bench', kind))
    await bundle(
      folder,
      files.map(file => `bench/${kind}/${file}`),
    )
    for (const file of files) made.set(`${kind}/${file}`, join(folder, file.replace(/\.\w+$/, '.mjs')))
  }
  return path => made.get(path) ?? path
}
