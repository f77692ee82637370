import { readFileSync } from 'node:fs'
import { buildSchema, isObjectType, isUnionType } from 'graphql'
import { expect, test } from 'vitest'

// docs/from-rest.md against the schema: what a row names is there, and what is there does not stand as "not yet".

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))

/** `Type.field` of an object, or `Union.Member`. */
function isThere(reference: string): boolean {
  const [name = '', of = ''] = reference.split('.')
  const type = schema.getType(name)
  if (isUnionType(type)) return type.getTypes().some(member => member.name === of)
  return isObjectType(type) && of in type.getFields()
}

const rows = [...readFileSync('docs/from-rest.md', 'utf8').matchAll(/^\| ([^|]+) \| ([^|]+) \| ?([^|]*)\|$/gm)]
  .map(([, old = '', fields = '', note = '']) => ({ old, fields, note }))
  .filter(({ fields }) => fields.includes('`'))
const referencesIn = (text: string) => [...text.matchAll(/`(\w+\.\w+)`/g)].map(([, reference = '']) => reference)

test.each(rows)('$old: $fields $note', ({ fields, note }) => {
  const references = referencesIn(fields)
  expect(references.length).toBeGreaterThan(0)
  // Said of the row, or, after a comma, of what its note names.
  const later = /^not yet *$/.test(note) ? references : []
  const alsoLater = /, not yet *$/.test(note) ? referencesIn(note) : []
  const expected = [...later, ...alsoLater]
  const missing = [...references, ...referencesIn(note)].filter(reference => !isThere(reference))
  for (const reference of missing) expect(expected).toContain(reference)
  if (expected.length) expect(missing, 'it is there by now: the row has to say so').not.toEqual([])
})

test('nothing of the old system is left out', () => {
  const routes =
    'register login me companies logout profile change-password members role lookup archive restore delete participants bind-telegram unlink messages read typing'
  const events =
    'chat.created chat.updated chat.archived chat.message.new chat.message.edited chat.message.deleted chat.read chat.participant.added chat.participant.removed company.created company.updated company.member.added company.member.removed user.profile.updated'
  const names = rows.map(({ old }) => old).join('\n')
  expect(routes.split(' ').filter(name => !names.includes(name))).toEqual([])
  expect(events.split(' ').filter(name => !rows.some(({ old }) => old === name))).toEqual([])
})
