// Runs every check and prints one line for each; what the failed ones said follows at the end.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

const script = (name: string, ...rest: string[]) => [process.execPath, '--import', 'tsx', `scripts/${name}.ts`, ...rest]
const bin = (name: string, ...rest: string[]) => [process.execPath, `node_modules/${name}`, ...rest]

const checks: Record<string, string[]> = {
  'format and lint (biome)': bin('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=200'),
  'types (tsc)': bin('typescript/bin/tsc', '--noEmit'),
  'the tabs make a typed client (codegen)': bin('@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.ts'),
  'and it compiles (tsc)': bin('typescript/bin/tsc', '-p', 'docs/clients'),
  'floors (dependency-cruiser)': script('floors'),
  'nothing unused (knip)': bin('knip/bin/knip.js', '--no-progress'),
  'docs/configuration.md is current': script('docs-configuration', '--check'),
  'the schema is well styled and breaks no client': script('check-schema'),
}

/** Scripts that print a committed file, and with --check tell whether it is current. */
const printed: Record<string, string> = {
  'schema.graphql is current': 'print-schema',
  'docs/events.md is current': 'docs-events',
  'docs/performance.md has the figures of the last bench': 'docs-performance',
}
for (const [name, file] of Object.entries(printed)) {
  if (existsSync(`scripts/${file}.ts`)) checks[name] = script(file, '--check')
}

/** Runs a command. Resolves to what it printed when it failed, and to null when it did not. */
function run([command = '', ...rest]: string[]): Promise<string | null> {
  return new Promise((done, broken) => {
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk))
    child.on('error', broken)
    child.on('close', code => done(code === 0 ? null : said))
  })
}

const failures: string[] = []
for (const [name, command] of Object.entries(checks)) {
  const began = performance.now()
  const said = await run(command)
  console.log(`${said === null ? 'ok    ' : 'FAILED'} ${name}, ${((performance.now() - began) / 1000).toFixed(1)} s`)
  if (said !== null) failures.push(`\n${name}\n${command.slice(1).join(' ')}\n\n${said.trim()}`)
}
for (const failure of failures) console.error(failure)
if (failures.length > 0) process.exitCode = 1
