// Texts with `{{variables}}`: which ones they have, and what comes of it when they are filled in.

const placeholder = /\{\{\s*([\p{L}_][\p{L}\p{N}_]{0,49})\s*\}\}/gu
const mostVariables = 50

/** The names of a template's variables, each once, in the order in which they come; or what is wrong with the text. */
export function variablesOf(body: string): { names: readonly string[] } | { problem: string } {
  const names = new Set<string>()
  const rest = body.replace(placeholder, (_, name: string) => {
    names.add(name)
    return ' '
  })
  const at = rest.search(/\{\{|\}\}/)
  if (at >= 0)
    return { problem: `"${rest.slice(at, at + 20)}" is no variable: write {{name}}, of letters, digits and "_".` }
  if (names.size > mostVariables) return { problem: `A template has at most ${mostVariables} variables.` }
  return { names: [...names] }
}

/** What is missing and what is too much among the values for some text. */
export interface Mismatch {
  missing: readonly string[]
  unknown: readonly string[]
  /** Given more than once. */
  repeated: readonly string[]
}

/** The text with its variables filled in. Values are put in as they are: what they hold is not looked at again. */
export function fillIn(body: string, values: readonly { name: string; value: string }[]): string | Mismatch {
  const found = variablesOf(body)
  const names = 'names' in found ? found.names : []
  const given = new Map(values.map(({ name, value }) => [name, value]))
  const mismatch: Mismatch = {
    missing: names.filter(name => !given.has(name)),
    unknown: [...given.keys()].filter(name => !names.includes(name)),
    repeated: [...given.keys()].filter(name => values.filter(v => v.name === name).length > 1),
  }
  if (mismatch.missing.length || mismatch.unknown.length || mismatch.repeated.length) return mismatch
  return body.replace(placeholder, (_, name: string) => given.get(name) ?? '')
}
