import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, print } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tabs } from '../src/api/tabs.ts'
import { eventually } from './client.ts'
import { type House, openHouse } from './house.ts'
import { fencesOf, tell } from './told.ts'

// docs/first-company.md is run as it stands, with its own register beside the server.

const page = readFileSync('docs/first-company.md', 'utf8')

let dir: string
let house: House
let registry: ReturnType<typeof spawn>
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'files-'))
  registry = spawn(process.execPath, ['--import', 'tsx', 'scripts/registry.ts'], {
    env: { ...process.env, REGISTRY_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  registry.stdout?.on('data', chunk => {
    said += chunk
  })
  const url = await eventually(() => /DADATA_URL=(\S+)/.exec(said)?.[1], 30_000, 'the register')
  house = await openHouse({ FILES_DIR: dir, DADATA_URL: url ?? '', DADATA_TOKEN: 'any', MAIL_DELAY_SECONDS: '1' })
})
afterAll(async () => {
  registry?.kill()
  await house?.close()
  rmSync(dir, { recursive: true, force: true })
})

test('the page goes as it says', async () => {
  const compared = await tell(house.url, page)
  for (const [expected, real] of compared) expect(real).toEqual(expected)
  expect(compared.length).toBeGreaterThan(12)
})

test('each of its operations is a tab of GraphiQL', () => {
  const known = new Map(tabs.map(({ name, query }) => [print(parse(query)), name]))
  const operations = fencesOf(page).filter(fence => fence.kind === 'graphql')
  for (const { text } of operations) expect([...known.keys()]).toContain(print(parse(text)))
  expect(operations.length).toBeGreaterThan(10)
})

test('the commands it begins with are there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  expect(page).toContain('npm run registry &\n')
  expect(scripts.registry).toContain('scripts/registry.ts')
})
