// Checks who imports whom (.dependency-cruiser.cjs), and that every file was read: a cruise of nothing finds nothing.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import type { ICruiseResult } from 'dependency-cruiser'

// In a process of its own: under tsx the cruiser cannot load swc's visitor.
const cruiser = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'
const { stdout, stderr } = spawnSync(process.execPath, [cruiser, 'src', '--output-type', 'json'], {
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
})
if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser gave no result. ${stdout}${stderr}`)
const { modules, summary }: ICruiseResult = JSON.parse(stdout)

const read = new Map(modules.map(module => [module.source, module.dependencies.length]))
const imports = [...read.values()].reduce((sum, count) => sum + count, 0)
const missed = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map(name => `src/${name.replaceAll('\\', '/')}`)
  .filter(name => name.endsWith('.ts') && !read.has(name))

for (const { rule, from, to } of summary.violations) {
  const why = summary.ruleSetUsed?.forbidden?.find(({ name }) => name === rule.name)?.comment
  console.error(`${from} -> ${to}: ${rule.name}. ${why}`)
}
for (const name of missed) console.error(`${name} was not read`)
if (imports === 0) console.error('no import was read: is @swc/core installed?')
console.log(`${read.size} modules, ${imports} imports`)
if (summary.violations.length > 0 || missed.length > 0 || imports === 0) process.exitCode = 1
