import { z } from 'zod'

// What text may be stored. NUL cannot be kept by PostgreSQL and lone surrogates have no UTF-8: they are refused at the door.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above, but line breaks and tabs are fine in a longer text
const controlButBreaks = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

const wellFormed = (text: string) => text.isWellFormed()

/** One line of text: trimmed, no control characters. Lengths in characters (code points), after trimming. */
export const line = (min: number, max: number) =>
  z
    .string()
    .trim()
    .min(min, min === 1 ? 'It must not be empty.' : `It must have at least ${min} characters.`)
    .max(max, `It must have at most ${max} characters.`)
    .refine(text => !control.test(text), 'It must not hold control characters or line breaks.')
    .refine(wellFormed, 'It holds half of a character (a lone surrogate).')

/** Text of many lines, at most `max` characters: not blank, tabs and line breaks allowed. Not trimmed: what was written is kept. */
export const paragraph = (max: number) =>
  z
    .string()
    .max(max, `It must have at most ${max} characters.`)
    .refine(text => text.trim().length > 0, 'It must not be blank.')
    .refine(text => !controlButBreaks.test(text), 'It must not hold control characters.')
    .refine(wellFormed, 'It holds half of a character (a lone surrogate).')
