// Makes package-lock.json fit every platform and every npm we support. `npm run lock` runs it after npm 10, which comes
// with Node 20: npm 11 leaves the optional peers of nested packages out, and npm 10 then refuses the lock.
// - npm locks only the optional packages of the platforms it found; the others are added here, in the version asked for.
// - npm 10 forgets which C library a package is built for, and would install both.
import { readFileSync, writeFileSync } from 'node:fs'

type Locked = {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}
type Lock = { packages: Record<string, Locked> }

const systems = 'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' ')
const processors = 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x x64 wasm32'.split(' ')

/** The folders in which node looks for a package asked for by `path`, nearest first. */
function foldersAbove(path: string): string[] {
  const above = path === '' ? [] : foldersAbove(path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))))
  return [path === '' ? 'node_modules' : `${path}/node_modules`, ...above]
}

/** What a platform's package name says about where it can be installed; null when it says nothing. */
function platformOf(name: string): Pick<Locked, 'os' | 'cpu' | 'libc'> | null {
  const words = name.split(/[-/]/).map(word => (word === 'armhf' ? 'arm' : word))
  const os = words.filter(word => systems.includes(word))
  const cpu = words.filter(word => processors.includes(word))
  if (os.length === 0 && cpu.length === 0) return null
  const libc = words.some(word => word.startsWith('musl'))
    ? ['musl']
    : words.some(word => word.startsWith('gnu'))
      ? ['glibc']
      : []
  return { ...(cpu.length > 0 && { cpu }), ...(os.length > 0 && { os }), ...(libc.length > 0 && { libc }) }
}

const lock: Lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const added: string[] = []

for (const [path, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    // A range cannot be pinned without asking the registry; platform packages are always asked for by exact version.
    if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) continue
    const places = foldersAbove(path).map(folder => `${folder}/${name}`)
    const nearest = places.find(place => lock.packages[place])
    if (nearest && lock.packages[nearest]?.version === version) continue
    const platform = platformOf(name)
    const place = nearest ? places[places.indexOf(nearest) - 1] : places.at(-1)
    if (!platform || !place) {
      console.error(
        `${name}@${version} of ${path} is missing from the lock, and its platform is not known: add it by hand`,
      )
      process.exitCode = 1
      continue
    }
    lock.packages[place] = { version, ...(parent.dev && { dev: true }), optional: true, ...platform }
    added.push(`${name}@${version}`)
  }
}

for (const [path, entry] of Object.entries(lock.packages)) {
  const libc = entry.os?.includes('linux') && platformOf(path.slice(path.lastIndexOf('node_modules/')))?.libc
  if (libc) entry.libc ??= libc
}

const root = lock.packages['']
const rest = Object.entries(lock.packages).filter(([path]) => path !== '')
lock.packages = Object.fromEntries(rest.sort(([a], [b]) => (a < b ? -1 : 1)))
lock.packages = { ...(root && { '': root }), ...lock.packages }
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
console.log(`package-lock.json: ${added.length} packages of other platforms added`)
