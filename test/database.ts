import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../src/adapter/postgres/embedded.ts'
import { functionsFor } from '../src/adapter/postgres/functions.ts'
import { migrateDatabase } from '../src/adapter/postgres/migrate.ts'
import { projectionTables } from '../src/compose/store.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

/** One PostgreSQL for the run (TEST_DATABASE_URL, or an embedded one), one migrated template, one copy of it a test file. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'wellwon-test-'))
  const given = process.env.TEST_DATABASE_URL
  const embedded = given
    ? null
    : await startEmbedded({ dataDir: folder, settings: { fsync: 'off', max_connections: '300' } })
  const url = given ?? embedded?.url ?? ''
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query('drop database if exists wellwon_template')
  await admin.query('create database wellwon_template')
  await admin.end()
  const template = new URL(url)
  template.pathname = '/wellwon_template'
  await migrateDatabase(template.href, functionsFor(projectionTables))
  project.provide('postgresUrl', url)
  return async () => {
    await embedded?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
