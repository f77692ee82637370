// Prints docs/events.md from the event sets of the domains; with --check it only tells whether the file is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { domains } from '../src/domains.ts'
import type { Domain } from '../src/kernel/domain.ts'
import type { EventSet, EventShape } from '../src/kernel/message.ts'

const file = 'docs/events.md'

interface Shown {
  type?: string | string[]
  format?: string
  enum?: unknown[]
  anyOf?: Shown[]
  items?: Shown
  properties?: Record<string, Shown>
}

function kind({ type, format, enum: values, anyOf, items, properties }: Shown): string {
  if (anyOf) return anyOf.map(kind).join(' or ')
  if (values) return values.map(value => JSON.stringify(value)).join(' or ')
  if (items) return `list of ${kind(items)}`
  if (properties) return `{ ${fields(properties)} }`
  return format ?? [type ?? 'anything'].flat().join(' or ')
}
const fields = (of: Record<string, Shown>) =>
  Object.entries(of)
    .map(([name, shown]) => `\`${name}\`: ${kind(shown)}`)
    .join('<br>')
const part = (shape: z.ZodType | undefined) =>
  (shape && fields((z.toJSONSchema(shape, { io: 'output' }) as Shown).properties ?? {})) || '–'

const row = ([type, { v, bump, data, personal }]: [string, EventShape]) =>
  `| ${type} | ${v} | ${bump ? 'yes' : ''} | ${part(data)} | ${part(personal)} |`

const ofSet = ({ category, shapes }: EventSet) => `### Streams \`${category}-…\`

| Event | Version | Structural | Data | Personal |
|---|---|---|---|---|
${Object.entries(shapes).map(row).join('\n')}`

const ofDomain = ({ name, deciders }: Domain) => `## ${name}

${deciders.map(of => ofSet(of.events)).join('\n\n')}`

const page = `# Events

All that can stand in the log. \`data\` is kept for ever; \`personal\` can be erased and then reads as null. A structural event
moves the guard of its stream: a decision that was made before it is made again. Older versions in the log are read as the
version shown here.

${domains.map(ofDomain).join('\n\n')}

This page is printed by \`npm run docs\` from \`src/domain/*/events.ts\`.
`

if (!process.argv.includes('--check')) {
  writeFileSync(file, page)
} else if (readFileSync(file, 'utf8') !== page) {
  console.error(`${file} is not what the domains say: run npm run docs`)
  process.exitCode = 1
}
