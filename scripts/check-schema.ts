// Holds the schema to the rules of scripts/schema-rules.ts and to docs/schema-baseline.graphql, the schema that clients
// were last given; and the operations that GraphiQL opens with to the schema and its limits. --release makes the schema
// of now the baseline: part of a release.
import { copyFileSync, readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { schema } from '../src/api/schema.ts'
import { tabs } from '../src/api/tabs.ts'
import { problemsOf } from './operation-rules.ts'
import { breaking, rules } from './schema-rules.ts'

const baseline = 'docs/schema-baseline.graphql'
if (process.argv.includes('--release')) copyFileSync('schema.graphql', baseline)

const printed = buildSchema(readFileSync('schema.graphql', 'utf8'))
const released = buildSchema(readFileSync(baseline, 'utf8'))
const problems = [
  ...Object.values(rules).flatMap(rule => rule(printed)),
  ...(await breaking(released, printed, readFileSync('CHANGELOG.md', 'utf8'))),
  ...tabs.flatMap(tab =>
    problemsOf(schema, tab.query, JSON.parse(tab.variables ?? '{}')).map(problem => `tab ${tab.name}: ${problem}`),
  ),
]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
