import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { run } from './child.ts'
import { findPostgres } from './postgres.ts'

const here = new URL('..', import.meta.url).pathname

/** Installs what there is to compare with, when it is missing. Throws with what to do when it cannot. */
export async function install(say: (line: string) => void): Promise<string> {
  if (!existsSync(`${here}/node_modules`)) {
    say('installing the peers (npm install in bench/)')
    await run(['npm', 'install', '--no-package-lock', '--no-audit', '--no-fund'], { cwd: here })
  }
  return findPostgres() ?? (await installPostgres(say))
}

/** Debian's: no package of npm brings pgbench. */
async function installPostgres(say: (line: string) => void): Promise<string> {
  const advice =
    'pgbench is missing, and with it the limit of most benches: install PostgreSQL 15 or newer with its programs'
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(`${advice} (on Debian: apt-get install postgresql). Only root can do it from here.`)
  say('installing PostgreSQL with pgbench (apt-get install postgresql)')
  const policy = '/usr/sbin/policy-rc.d' // or the package would start its server, which nobody here would stop
  const ours = !existsSync(policy)
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await run(['apt-get', '-qq', 'update'])
    await run([
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-qq',
      '-y',
      'install',
      '--no-install-recommends',
      'postgresql',
    ])
  } finally {
    if (ours) rmSync(policy)
  }
  const found = findPostgres()
  if (!found) throw new Error(advice)
  return found
}
