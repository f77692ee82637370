import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { connect, eventually, type Loose, personOf, post } from './client.ts'

// A page that tells a session is run as it stands. A fence `graphql Ann` is an operation of Ann's, a fence
// `json variables` after it what goes with it, and the `json` after that its answer; `json Bob` is the next frame of Bob's
// subscription. `sh run` is a command, `text` after it what it prints. "<name>" is taken from the first answer that has it,
// and filled in from then on; "…" is anything.

export interface Fence {
  kind: string
  words: readonly string[]
  text: string
}

export const fencesOf = (page: string): Fence[] =>
  [...page.matchAll(/^```(graphql|json|sh|text)( [^\n]*)?\n([\s\S]*?)\n```$/gm)].map(
    ([, kind = '', more, text = '']) => ({
      kind,
      words: more?.trim().split(' ') ?? [],
      text,
    }),
  )

/** Runs a page against a server; `page` and `address` name them. Gives what was compared: [expected, real]. */
export async function tell(url: string, page: string, address = 'http://127.0.0.1:4000'): Promise<[Loose, Loose][]> {
  const names = new Map<string, string>()
  const following = new Map<string, Following>()
  const compared: [Loose, Loose][] = []
  const folder = await mkdtemp(join(tmpdir(), 'told-'))
  const filled = (text: string) => fillIn(text.replaceAll(address, url), names)
  const fences = fencesOf(page)
  let answer: Loose

  async function one({ kind, words, text }: Fence, next: Fence | undefined): Promise<void> {
    const [person = ''] = words
    const token = names.get(`${person}'s token`) ?? null
    if (kind === 'graphql') {
      const variables = next?.words[0] === 'variables' ? (JSON.parse(filled(next.text)) as object) : {}
      if (isSubscription(text)) {
        await following.get(person)?.stop()
        following.set(person, follow(url, token ?? '', filled(text), variables))
        return
      }
      const { data, errors } = await post(url, filled(text), variables, token)
      if (errors) throw new Error(`${text}\n${JSON.stringify(variables)}\n${JSON.stringify(errors)}`)
      answer = data
    } else if (kind === 'sh' && person === 'run') {
      answer = await eventually(() => run(filled(text), folder), 20_000, text) // what is mailed takes a moment
    } else if ((kind === 'json' && person !== 'variables') || (kind === 'text' && person === 'printed')) {
      const real = kind === 'json' && person ? await following.get(person)?.next() : answer
      compared.push([close(kind === 'json' ? JSON.parse(text) : text.trim(), real, names), real])
    }
  }

  try {
    for (const [i, fence] of fences.entries()) await one(fence, fences[i + 1])
  } finally {
    for (const one of following.values()) await one.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return compared
}

/** What a command prints; nothing while it fails. */
const run = (command: string, cwd: string): Promise<string> =>
  promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], { cwd }).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  )

const isSubscription = (text: string) => /^subscription\b/m.test(text)

function fillIn(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/<([^<>\n]+)>/g, (_, name: string) => {
    const value = names.get(name)
    if (value === undefined) throw new Error(`<${name}> is used before an answer gave it`)
    return value
  })
}

/** What is expected, with what it leaves open taken from the real answer. */
function close(expected: Loose, real: Loose, names: Map<string, string>): Loose {
  if (expected === '…') return real
  if (typeof expected === 'string') return closeText(expected, real, names)
  if (Array.isArray(expected)) return expected.map((item, i) => close(item, real?.[i], names))
  if (expected === null || typeof expected !== 'object') return expected
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, close(value, real?.[key], names)]))
}

/** "… <name> …": names stand within a text as well, up to the next white space, quote or bracket. */
function closeText(expected: string, real: Loose, names: Map<string, string>): Loose {
  if (typeof real !== 'string') return expected
  const whole = /^<([^<>]+)>$/.exec(expected)?.[1]
  if (whole && !names.has(whole)) names.set(whole, real)
  if (whole) return names.get(whole)
  if (!/[<…]/.test(expected)) return expected
  const asked: string[] = []
  const pattern = expected
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('…', '[\\s\\S]*?')
    .replace(/<([^<>\n]+)>/g, (_, name: string) => {
      asked.push(name)
      return '([^\\s"\'<>()]+)'
    })
  const found = new RegExp(`^${pattern}$`).exec(real)
  if (!found) return expected
  for (const [i, name] of asked.entries()) {
    if (!names.has(name)) names.set(name, found[i + 1] ?? '')
    if (names.get(name) !== found[i + 1]) return expected
  }
  return real
}

interface Following {
  next: () => Promise<Loose>
  stop: () => unknown
}

/** Follows a subscription; gives its frames one after the other, without heartbeats once there was one of them. */
function follow(url: string, token: string, query: string, variables: object): Following {
  const client = connect(personOf(url, { id: '', email: '', password: '', refreshToken: '', accessToken: token }))
  const frames: Loose[] = []
  client.subscribe(
    { query, variables: variables as Record<string, unknown> },
    {
      next: frame => {
        const [field]: Loose[] = Object.values(frame.data ?? {})
        if (frame.errors || field?.event || frames.length === 0) frames.push(frame.data ?? frame)
      },
      error: error => frames.push(error),
      complete: () => undefined,
    },
  )
  let shown = 0
  const next = () => eventually(() => frames[shown], 10_000, 'the next frame').finally(() => shown++)
  return { next, stop: () => client.dispose() }
}
