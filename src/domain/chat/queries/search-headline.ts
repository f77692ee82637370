/** A piece of a text, highlighted or not. */
export interface Span {
  text: string
  highlighted: boolean
}

const begins = '\u0002'
const ends = '\u0003'
const around = 40
const longest = 200

/** For each character of the body whether it is marked; null when the marked text is not the body with marks. */
function marksOf(marked: string, length: number): boolean[] | null {
  const marks: boolean[] = []
  let on = false
  for (const character of marked) {
    if (character === begins) on = true
    else if (character === ends) on = false
    else marks.push(on)
  }
  return marks.length === length ? marks : null
}

/**
 * A text and the names of its files, each on a line. The marks are the same as it was searched in, once in each way,
 * character for character, with marks around what fits.
 */
export interface Marked {
  body: string
  names: string
  bodyMarks: readonly string[]
  nameMarks: readonly string[]
}

/** A piece of the text around what was found in it, as spans; of the name of a file, where only that has it. */
export function headlineOf({ body, names, bodyMarks, nameMarks }: Marked): Span[] {
  const inBody = markedIn(body, bodyMarks)
  if (inBody.marks.includes(true) || !names) return pieceOf(inBody)
  const lines = names.split('\n').map((name, i) =>
    markedIn(
      name,
      nameMarks.map(marked => marked.split('\n')[i] ?? ''),
    ),
  )
  return pieceOf(lines.find(({ marks }) => marks.includes(true)) ?? inBody)
}

interface Line {
  text: readonly string[]
  marks: readonly boolean[]
}

function markedIn(line: string, marked: readonly string[]): Line {
  const text = [...line]
  const ways = marked.map(way => marksOf(way, text.length))
  return { text, marks: text.map((_, i) => ways.some(way => way?.[i])) }
}

function pieceOf({ text, marks }: Line): Span[] {
  const from = startOf(text, marks)
  const to = text.length - from > longest ? from + longest : text.length
  const spans: Span[] = []
  const add = (piece: string, highlighted: boolean) => {
    const last = spans.at(-1)
    if (last && last.highlighted === highlighted) last.text += piece
    else spans.push({ text: piece, highlighted })
  }
  if (from > 0) add('…', false)
  for (let i = from; i < to; i++) add(text[i] ?? '', marks[i] ?? false)
  if (to < text.length) add('…', false)
  return spans
}

/** Where to begin: a little before the place with the most marks within reach, at the beginning of a word. */
function startOf(text: readonly string[], marks: readonly boolean[]): number {
  if (text.length <= longest) return 0
  const upTo = [0]
  for (const mark of marks) upTo.push((upTo.at(-1) ?? 0) + (mark ? 1 : 0))
  let best = 0
  let most = 0
  for (let at = 0; at < text.length; at++) {
    if (!marks[at] || (at > 0 && marks[at - 1])) continue
    const start = Math.max(0, Math.min(at - around, text.length - longest))
    const held = (upTo[Math.min(text.length, start + longest)] ?? 0) - (upTo[start] ?? 0)
    if (held > most) [best, most] = [start, held]
  }
  for (let start = best; best > 0 && start < best + around / 2; start++)
    if (/\s/u.test(text[start - 1] ?? '')) return start
  return best
}
