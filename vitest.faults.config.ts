import { defineConfig } from 'vitest/config'

/** Where to leave a report for .ci/run. */
const report = process.env.TEST_REPORT

// What starts processes of its own, and what kills and cuts them under load: one file after the other, or they would disturb
// each other's timing.
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }, // see vitest.config.ts
  test: {
    include: ['test/{faults,processes}/**/*.test.ts'],
    globalSetup: 'test/database.ts',
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    retry: process.env.CI ? 2 : 0, // see vitest.config.ts
    allowOnly: false,
    ...(report && { reporters: ['default', 'json'], outputFile: { json: report } }),
  },
})
