import { readFileSync, writeFileSync } from 'node:fs'
import { printSchemaWithDirectives } from '@graphql-tools/utils'
import { isAbstractType, lexicographicSortSchema } from 'graphql'
import { schema } from '../src/api/schema.ts'

// Prints schema.graphql and possibleTypes.json from the code; with --check it only compares, and fails when they differ.

const sorted = lexicographicSortSchema(schema)
const possibleTypes = Object.fromEntries(
  Object.values(sorted.getTypeMap())
    .filter(isAbstractType)
    .map(type => [type.name, sorted.getPossibleTypes(type).map(possible => possible.name)]),
)
const files = {
  'schema.graphql': `${printSchemaWithDirectives(sorted)}\n`,
  'possibleTypes.json': `${JSON.stringify(possibleTypes, null, 2)}\n`,
}

for (const [file, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${file} is not what the code says: run \`npm run schema\` and look at the difference.`)
    process.exitCode = 1
  }
}
