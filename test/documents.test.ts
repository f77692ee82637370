import { type DocumentNode, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { createDocuments } from '../src/api/documents.ts'
import { schema } from '../src/api/schema.ts'

// A document is parsed and validated once, and what is remembered of documents is bounded.

function counted() {
  const parsed: string[] = []
  const validated: DocumentNode[] = []
  const documents = createDocuments(
    text => {
      parsed.push(text)
      return parse(text)
    },
    document => {
      validated.push(document)
      return validate(schema, document)
    },
  )
  return { documents, parsed, validated }
}

test('a good document is parsed and validated once', () => {
  const { documents, parsed, validated } = counted()
  const first = documents.good('{ __typename }')
  expect(first?.kind).toBe('Document')
  expect(documents.good('{ __typename }')).toBe(first)
  expect([parsed.length, validated.length]).toEqual([1, 1])
})

test.each(['{', '{ nothing }', ''])('a bad one is looked at once: %s', text => {
  const { documents, parsed } = counted()
  expect(documents.good(text)).toBeNull()
  expect(documents.good(text)).toBeNull()
  expect(parsed).toHaveLength(1)
})

test('what is remembered is bounded by number, by length together, and one at a time', () => {
  const { documents, parsed } = counted()
  const again = (text: string) => {
    const before = parsed.length
    documents.good(text)
    return parsed.length - before
  }
  for (let i = 0; i < 1_001; i++) documents.good(`{ a${i}: __typename }`)
  expect(again('{ a0: __typename }')).toBe(1)
  expect(again('{ a1000: __typename }')).toBe(0)
  for (let i = 0; i < 41; i++) documents.good(`{ a${i}: __typename } #${'x'.repeat(99_000)}`)
  expect(again('{ a1000: __typename }')).toBe(1)
  const long = `{ __typename } #${'x'.repeat(100_000)}`
  documents.good(long)
  expect(again(long)).toBe(1)
})
