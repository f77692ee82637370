import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Where to leave a report for .ci/run. */
const report = process.env.TEST_REPORT

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map(file => join('test', file))
  .filter(file => file.endsWith('.test.ts') && !/^test.(faults|processes)./.test(file)) // see vitest.faults.config.ts
const replacing = files.filter(file => readFileSync(file, 'utf8').includes('vi.mock('))

// Vite would take the ES build of graphql here and Node the other one in our dependencies: two that do not know each other.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

const project = (name: string, include: string[], isolate: boolean) => ({
  resolve,
  test: {
    ...{ name, include, isolate },
    pool: 'forks' as const, // not threads: tests start servers and read memory
    testTimeout: 60_000, // for a machine that does other things as well
    hookTimeout: 60_000,
    retry: process.env.CI ? 2 : 0, // on a machine shared with others; a test that needed it is named in the report
  },
})

// Each file talks to its own database, so files run side by side.
export default defineConfig({
  resolve, // for the setup
  test: {
    globalSetup: 'test/database.ts',
    maxWorkers: Math.min(8, availableParallelism() + 1), // some always wait for something
    allowOnly: false,
    ...(report && { reporters: ['default', 'json'], outputFile: { json: report } }),
    // Loading the program takes longer than most tests: files use what their worker has loaded, unless they replace some of it.
    projects: [
      project(
        'shared',
        files.filter(file => !replacing.includes(file)),
        false,
      ),
      project('alone', replacing, true),
    ],
  },
})
