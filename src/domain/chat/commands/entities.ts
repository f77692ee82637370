import { z } from 'zod'
import { line } from '../../../kernel/text.ts'
import { MessageEntity } from '../events.ts'

const schemes = ['http:', 'https:', 'mailto:', 'tel:']
const isLink = (url: string) => URL.canParse(url) && schemes.includes(new URL(url).protocol)

/** What a text's entities may be, each by itself. */
export const Entities = z
  .array(
    MessageEntity.extend({
      offset: z.int().min(0, 'It begins within the text.'),
      length: z.int().min(1, 'It is at least one character long.'),
      url: line(1, 2_048).refine(isLink, 'A link begins with http:, https:, mailto: or tel:.').nullable(),
    }),
  )
  .max(100, 'At most 100 at a time.')

interface Texted {
  text: string | null
  entities?: readonly MessageEntity[] | undefined
}

/** Whether entities fit their text and each other: issues for each that does not. */
export function fitting(texted: Texted, { addIssue }: z.RefinementCtx): void {
  const { entities = [] } = texted
  const text = texted.text ?? ''
  const wrong = (i: number, field: keyof MessageEntity, message: string) =>
    addIssue({ code: 'custom', path: ['entities', i, field], message })
  for (const [i, entity] of entities.entries()) {
    const { kind, offset, length, url, userId } = entity
    if (offset + length > text.length) wrong(i, 'length', 'It ends within the text.')
    else if (isSplit(text, offset)) wrong(i, 'offset', 'It begins in the middle of a character.')
    else if (isSplit(text, offset + length)) wrong(i, 'length', 'It ends in the middle of a character.')
    if ((kind === 'LINK') !== (url !== null)) wrong(i, 'url', 'A link has a URL, and nothing else has.')
    if ((kind === 'MENTION') !== (userId !== null)) wrong(i, 'userId', 'A mention has a user, and nothing else has.')
    if (entities.slice(0, i).some(other => clash(entity, other)))
      wrong(i, 'offset', 'Entities lie apart or one within the other, never two of a kind, and none in code.')
  }
}

const isSplit = (text: string, at: number) =>
  /[\uD800-\uDBFF]/.test(text[at - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[at] ?? '')

const alone: readonly string[] = ['CODE', 'PRE']
const clickable: readonly string[] = ['LINK', 'MENTION']

function clash(one: MessageEntity, other: MessageEntity): boolean {
  const end = one.offset + one.length
  const otherEnd = other.offset + other.length
  if (end <= other.offset || otherEnd <= one.offset) return false
  const within = (one.offset >= other.offset && end <= otherEnd) || (other.offset >= one.offset && otherEnd <= end)
  const kinds = [one.kind, other.kind]
  return (
    !within || one.kind === other.kind || kinds.some(k => alone.includes(k)) || kinds.every(k => clickable.includes(k))
  )
}
