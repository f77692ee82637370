import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, eventually, type Loose, personOf, post } from './client.ts'
import { type House, openHouse } from './house.ts'

// The README's first session is run as it stands. A fence `graphql Ann` is an operation of Ann's, the `json` after it its
// answer; `json Bob` is the next frame of Bob's subscription. "<name>" is taken from the first answer that has it, and
// filled in from then on; "…" is anything.

const readme = readFileSync('README.md', 'utf8')
const blocks = [...readme.matchAll(/^```(graphql|json)(?: (\w+))?\n([\s\S]*?)\n```$/gm)].map(
  ([, kind = '', person = '', text = '']) => ({ kind, person, text }),
)

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const names = new Map<string, string>()

function filled(text: string): string {
  return text.replace(/<([^>]+)>/g, (_, name: string) => {
    const value = names.get(name)
    if (value === undefined) throw new Error(`README.md uses <${name}> before an answer gave it`)
    return value
  })
}

/** The expected answer with what it leaves open taken from the real one. */
function closed(expected: Loose, real: Loose): Loose {
  if (expected === '…') return real
  const name = typeof expected === 'string' && /^<(.+)>$/.exec(expected)?.[1]
  if (name) {
    if (!names.has(name) && typeof real === 'string') names.set(name, real)
    return names.get(name)
  }
  if (Array.isArray(expected)) return expected.map((item, i) => closed(item, real?.[i]))
  if (expected === null || typeof expected !== 'object') return expected
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, closed(value, real?.[key])]))
}

/** Follows a subscription; gives its frames one after the other, without heartbeats once there was one of them. */
function follow(token: string, query: string) {
  const client = connect(personOf(house.url, { id: '', email: '', password: '', refreshToken: '', accessToken: token }))
  const frames: Loose[] = []
  client.subscribe(
    { query },
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

test('the first session of the README goes as it says', async () => {
  const following = new Map<string, ReturnType<typeof follow>>()
  let answer: Loose
  let compared = 0
  for (const { kind, person, text } of blocks) {
    const token = names.get(`${person}'s token`) ?? null
    if (kind === 'graphql' && text.startsWith('subscription')) {
      await following.get(person)?.stop()
      following.set(person, follow(token ?? '', filled(text)))
    } else if (kind === 'graphql') {
      const { data, errors } = await post(house.url, filled(text), {}, token)
      expect(errors, text).toBeUndefined()
      answer = data
    } else {
      const real = person ? await following.get(person)?.next() : answer
      expect(real).toEqual(closed(JSON.parse(text), real))
      compared++
    }
  }
  for (const one of following.values()) await one.stop()
  expect(compared).toBeGreaterThan(10)
})

test('every command that the README names is there', async () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  for (const [, name = ''] of readme.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name)
  expect(readme).toContain('\nnpm ci && npm start\n')
})
