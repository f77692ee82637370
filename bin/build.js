import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// Node 20 does not read TypeScript, and a hook that translates each file makes most of a start: so `src` is bundled the first
// time that it is run, and again whenever a file of it has changed.

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'wellwon')
const entries = ['src/main.ts', 'src/cli.ts']
const dayMs = 86_400_000

/** All that goes into a bundle, as one hash: the sources, and what bundles them. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'bin', 'build.js')))
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  for (const file of files.map(entry => join(entry.parentPath ?? entry.path, entry.name)).sort()) {
    hash.update(`\0${file.slice(root.length)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * A file that asks where it is must hear where its source is: it looks for what lies beside it. From the bundle on, so that all
 * of it may be moved or copied to another place.
 */
const ownAddress = folder => ({
  name: 'own-address',
  setup: build =>
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const way = JSON.stringify(relative(folder, path).split(sep).join('/'))
      return { loader: 'ts', contents: source.replaceAll('import.meta.url', `new URL(${way}, import.meta.url).href`) }
    }),
})

/** Bundles into a folder of its own, which gets its name when it is whole: several processes may start at once. */
export async function bundle(folder, entryPoints = entries) {
  const { build } = await import('esbuild')
  const draft = `${folder}.${process.pid}`
  const place = join(realpathSync(dirname(folder)), basename(folder)) // node_modules may be a link
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: draft,
    outExtension: { '.js': '.mjs' },
    ...{ bundle: true, splitting: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20' },
    ...{ sourcemap: true, sourcesContent: false, logLevel: 'error', plugins: [ownAddress(place)] },
  })
  try {
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error // else somebody else was faster
  }
}

/** Bundles of older sources. Who started from one today may still be loading it. */
function sweep(current) {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name)
    if (name !== current && Date.now() - statSync(folder).mtimeMs > dayMs)
      rmSync(folder, { recursive: true, force: true })
  }
}

/** The bundle's folder, made when it is not there. */
export async function built() {
  const name = fingerprint()
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  await bundle(folder)
  sweep(name)
  return folder
}

/** Runs `main` or `cli` of `src`. Where nothing can be written, the sources are read as they are. */
export async function run(name) {
  let folder
  try {
    folder = await built()
  } catch (error) {
    if (!error.syscall) throw error // a fault of the sources
    const { register } = await import('tsx/esm/api')
    register()
    return import(`../src/${name}.ts`)
  }
  process.setSourceMapsEnabled(true)
  return import(pathToFileURL(join(folder, `${name}.mjs`)).href)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await built()
