import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { line, paragraph } from '../../src/kernel/text.ts'

const problem = (shape: ReturnType<typeof line>, text: unknown) => shape.safeParse(text).error?.issues[0]?.message
const control = 'It must not hold control characters or line breaks.'
const half = 'It holds half of a character (a lone surrogate).'

describe('a line', () => {
  const name = line(1, 5)
  test('is trimmed before it is measured, in characters', () => {
    expect(name.parse('  Ann  ')).toBe('Ann')
    expect(name.parse('12345 ')).toBe('12345')
    expect(name.parse('👍👍👍👍👍')).toBe('👍👍👍👍👍')
    expect(problem(name, '👍👍👍👍👍👍')).toBe('It must have at most 5 characters.')
  })
  test.each([
    ['', 'It must not be empty.'],
    [' \t\n ', 'It must not be empty.'],
    ['123456', 'It must have at most 5 characters.'],
    ['a\nb', control],
    ['a\tb', control],
    ['a\0b', control],
    ['a\u007fb', control],
    ['a\u0085b', control],
    ['a\ud800b', half],
    ['a\udc00b', half],
  ])('refuses %j', (text, message) => {
    expect(problem(name, text)).toBe(message)
  })
  test('says how short is too short', () => {
    expect(problem(line(3, 5), 'ab')).toBe('It must have at least 3 characters.')
  })
})

describe('a paragraph', () => {
  const text = paragraph(10)
  test('is kept as it was written, with its tabs and line breaks', () => {
    for (const kept of [' a\tb\r\nc ', '👍', 'a\u0085b', '1234567890']) expect(text.parse(kept)).toBe(kept)
  })
  test.each([
    ['', 'It must not be blank.'],
    [' \t\r\n\u00a0', 'It must not be blank.'],
    ['12345678901', 'It must have at most 10 characters.'],
    ['a\0b', 'It must not hold control characters.'],
    ['a\u001bb', 'It must not hold control characters.'],
    ['a\ud83d', half],
  ])('refuses %j', (given, message) => {
    expect(problem(text, given)).toBe(message)
  })
})

test('whatever goes in, what comes out can be stored: no NUL, no half characters', () => {
  const shapes = [line(0, 1_000), paragraph(1_000)]
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.constantFrom(...shapes), (text, shape) => {
      const { data } = shape.safeParse(text)
      if (data === undefined) return
      expect(data.includes('\0')).toBe(false)
      expect(Buffer.from(data).toString()).toBe(data)
    }),
    { seed: 7, numRuns: 2_000 },
  )
})
