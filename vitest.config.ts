import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Where to leave a report for .ci/run. */
const report = process.env.TEST_REPORT

// Each file talks to its own database, so files run side by side. Forks, not threads: tests start servers and read memory.
export default defineConfig({
  // Vite would take the ES build of graphql here and Node the other one in our dependencies: two that do not know each other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/faults/**'],
    globalSetup: 'test/database.ts',
    pool: 'forks',
    maxWorkers: Math.max(2, Math.min(8, availableParallelism())),
    testTimeout: 60_000, // for a machine that does other things as well
    hookTimeout: 60_000,
    retry: process.env.CI ? 2 : 0, // on a machine shared with others; a test that needed it is named in the report
    allowOnly: false,
    ...(report && { reporters: ['default', 'json'], outputFile: { json: report } }),
  },
})
