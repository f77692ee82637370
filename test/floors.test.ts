import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** One violation of each rule: the file it stands in, and what that file says. */
const plants: [rule: string, file: string, text: string][] = [
  ['kernel-is-the-ground', 'src/kernel/looks-up.ts', `import '../graph/builder.ts'`],
  ['kernel-is-the-ground', 'src/port/looks-up.ts', `import type { T } from '../domain/chat/events.ts'`],
  ['kernel-packages', 'src/kernel/logs.ts', `import 'dataloader'`],
  ['no-io-below', 'src/kernel/reads.ts', `import { readFile } from 'node:fs/promises'`],
  ['no-io-below', 'src/process/calls.ts', `import 'https'`],
  ['graph-knows-no-domain', 'src/graph/knows.ts', `export { T } from '../domain/chat/queries.ts'`],
  ['adapter-stands-alone', 'src/adapter/redis/borrows.ts', `import '../postgres/event-store.ts'`],
  ['adapter-stands-alone', 'src/adapter/redis/knows.ts', `import type { T } from '../../domain/chat/events.ts'`],
  ['adapter-postgres-drives-its-own', 'src/adapter/postgres/logs.ts', `import 'pino'`],
  ['adapter-redis-drives-its-own', 'src/adapter/redis/logs.ts', `export const later = () => import('pino')`],
  ['adapter-limiter-drives-its-own', 'src/adapter/limiter/logs.ts', `import 'pino'`],
  ['adapter-argon2-drives-its-own', 'src/adapter/argon2/logs.ts', `import 'pino'`],
  ['adapter-pino-drives-its-own', 'src/adapter/pino/hashes.ts', `import 'pg'`],
  ['adapter-dadata-drives-its-own', 'src/adapter/dadata/logs.ts', `import 'pino'`],
  ['adapter-smtp-drives-its-own', 'src/adapter/smtp/logs.ts', `import 'pino'`],
  ['adapter-media-drives-its-own', 'src/adapter/media/logs.ts', `import 'pino'`],
  ['adapter-without-driver', 'src/adapter/memory/cache.ts', `import 'lru-cache'`],
  ['driver-outside-adapter', 'src/worker/direct.ts', `import type { Pool } from 'pg'`],
  ['domain-floor', 'src/domain/chat/queries/uses.ts', `import '../../../process/notify.ts'`],
  ['domain-knows-no-other', 'src/domain/chat/graphql/joins.ts', `import type { T } from '../../userAccount/events.ts'`],
  ['domain-graph-only-in-graphql', 'src/domain/chat/queries/shows.ts', `import '../../../graph/builder.ts'`],
  ['domain-decider-is-pure', 'src/domain/chat/chat.ts', `import './queries.ts'`],
  ['domain-decider-is-pure', 'src/domain/userAccount/userAccount.ts', `import { randomUUID } from 'node:crypto'`],
  ['domain-packages', 'src/domain/chat/queries/logs.ts', `import 'jose'`],
  ['domain-has-eight-files', 'src/domain/chat/index.ts', `import './roles.ts'`],
  ['drizzle-only-at-rows', 'src/domain/chat/graphql/sql.ts', `import { sql } from 'drizzle-orm/pg-core'`],
  ['drizzle-only-at-rows', 'src/worker/sql.ts', `import 'drizzle-orm'`],
  ['pothos-only-at-nodes', 'src/domain/chat/queries/builds.ts', `import '@pothos/core'`],
  ['pothos-only-at-nodes', 'src/worker/builds.ts', `import type { GraphQLSchema } from 'graphql'`],
  ['process-speaks-in-messages', 'src/process/peeks.ts', `import '../domain/chat/projections.ts'`],
  ['api-and-worker-apart', 'src/api/works.ts', `import '../worker/worker.ts'`],
  ['adapter-only-in-compose', 'src/api/reaches.ts', `import type { T } from '../adapter/redis/pubsub.ts'`],
  ['config-only-on-top', 'src/api/asks.ts', `import '../config.ts'`],
  ['nothing-above-the-roof', 'src/compose.ts', `import './main.ts'`],
  ['compose-is-below-the-roof', 'src/worker/composes.ts', `import '../compose.ts'`],
  ['domains-is-a-list', 'src/domains.ts', `import './domain/chat/queries.ts'`],
  ['no-tenth-folder', 'src/cli.ts', `import './utils/text.ts'`],
  ['src-stands-alone', 'src/api/leans.ts', `import '../../test/database.ts'`],
  ['no-dev-packages', 'src/api/checks.ts', `import 'fast-check'`],
  ['no-cycles', 'src/kernel/egg.ts', `import type { Hen } from './hen.ts'`],
  ['no-missing', 'src/api/misses.ts', `import './nowhere.ts'`],
]

/** What the floors allow: the other end of the plants, and none of it may be complained about. */
const clean: Record<string, string> = {
  'src/kernel/id.ts': `import 'uuid'\nimport { createHash } from 'node:crypto'`,
  'src/kernel/hen.ts': `import type { Egg } from './egg.ts'`,
  'src/kernel/domain.ts': `import type { z } from 'zod'\nimport '../port/store.ts'`,
  'src/port/store.ts': `import './feed.ts'`,
  'src/port/feed.ts': '',
  'src/graph/builder.ts': `import '@pothos/core'\nimport '../kernel/id.ts'`,
  'src/adapter/postgres/db.ts': `import 'pg'\nimport 'drizzle-orm'`,
  'src/adapter/postgres/event-store.ts': `import './db.ts'\nimport '../../port/store.ts'\nimport 'node:fs'`,
  'src/adapter/redis/pubsub.ts': `import 'ioredis'\nimport '../postgres/db.ts'`,
  'src/adapter/memory/pubsub.ts': `import '../../kernel/id.ts'`,
  'src/domain/userAccount/events.ts': `import 'zod'\nimport '../../kernel/domain.ts'`,
  'src/domain/chat/events.ts': `import 'zod'`,
  'src/domain/chat/commands.ts': `import './events.ts'`,
  'src/domain/chat/tables.ts': `import 'drizzle-orm/pg-core'`,
  'src/domain/chat/projections.ts': `import './tables.ts'\nimport './events.ts'`,
  'src/domain/chat/queries.ts': `import 'drizzle-orm'\nimport './tables.ts'`,
  'src/domain/chat/graphql.ts': `import '@pothos/core'\nimport '../../graph/builder.ts'\nimport './queries.ts'`,
  'src/domain/chat/roles.ts': '',
  'src/domain/team/team.ts': `import './events.ts'\nimport './commands.ts'\nimport '../../kernel/domain.ts'`,
  'src/domain/team/events.ts': '',
  'src/domain/team/commands.ts': '',
  'src/domain/team/index.ts': `import './team.ts'`,
  'src/process/notify.ts': `import '../domain/chat/events.ts'\nimport '../domain/chat/commands.ts'`,
  'src/worker/worker.ts': `import '../process/notify.ts'\nimport '../domain/chat/projections.ts'`,
  'src/api/schema.ts': `import '@pothos/core'\nimport 'graphql'\nimport '../domains.ts'\nimport '../domain/chat/graphql.ts'`,
  'src/config.ts': `import './settings.ts'`,
  'src/settings.ts': '',
  'src/main.ts': `import './config.ts'\nimport './adapter/postgres/db.ts'`,
  'src/utils/text.ts': '',
  'test/database.ts': '',
}

const packages = [
  ...['zod', 'uuid', 'lru-cache', 'pino', 'pg', 'ioredis', 'drizzle-orm', '@pothos/core', 'graphql'],
  ...['dataloader', 'jose'],
]
const house = realpathSync(mkdtempSync(join(tmpdir(), 'floors-')))
const found: { rule: string; from: string }[] = []
let rules: string[] = []
let cruised: string[] = []

function put(path: string, text: string) {
  mkdirSync(dirname(join(house, path)), { recursive: true })
  writeFileSync(join(house, path), `${text}\nexport {}\n`)
}

beforeAll(async () => {
  for (const [path, text] of Object.entries(clean)) put(path, text)
  for (const [, path, text] of plants) put(path, text)
  for (const name of [...packages, 'fast-check', 'drizzle-orm/pg-core']) put(`node_modules/${name}/index.js`, '')
  const dependencies = Object.fromEntries(packages.map(name => [name, '*']))
  const manifest = { name: 'house', type: 'module', dependencies, devDependencies: { 'fast-check': '*' } }
  writeFileSync(join(house, 'package.json'), JSON.stringify(manifest))

  const options = await extractDepcruiseOptions(resolve('.dependency-cruiser.cjs'))
  const { output } = await cruise(['src'], { ...options, baseDir: house })
  const result = output as ICruiseResult
  rules = (options.ruleSet?.forbidden ?? []).map(rule => rule.name ?? '')
  cruised = result.modules.map(module => module.source)
  found.push(...result.summary.violations.map(({ rule, from }) => ({ rule: rule.name, from })))
})

afterAll(() => rmSync(house, { recursive: true, force: true }))

test('every file was read', () => {
  const files = [...Object.keys(clean), ...plants.map(([, file]) => file)].filter(file => file.startsWith('src/'))
  expect(cruised).toEqual(expect.arrayContaining(files))
})

test.each(plants)('%s is broken by %s', (rule, file) => {
  expect(found.filter(({ from }) => from === file)).toEqual([{ rule, from: file }])
})

test('what the floors allow passes', () => {
  expect(found.filter(({ from }) => !plants.some(([, file]) => file === from))).toEqual([])
})

test('every rule has its planted violation', () => {
  expect([...new Set(plants.map(([rule]) => rule))].sort()).toEqual([...new Set(rules)].sort())
})
