import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'

// bin/build.js, in a folder with a program of two lines.

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wellwon-bundle-'))
  await mkdir(join(root, 'src'))
  await mkdir(join(root, 'node_modules'))
  await cp('bin', join(root, 'bin'), { recursive: true })
  await writeFile(join(root, 'package.json'), '{ "type": "module" }')
  for (const name of ['esbuild', 'tsx']) await symlink(resolve('node_modules', name), join(root, 'node_modules', name))
  await write('said', 'export const said: string = "one"')
  await write('main', 'import { said } from "./said.ts"\nconsole.log(said, new URL(import.meta.url).pathname)')
  await write('cli', 'import { said } from "./said.ts"\nfunction broken() { throw new Error(said) }\nbroken()')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const write = (name: string, text: string) => writeFile(join(root, 'src', `${name}.ts`), text)
const start = async (file = 'start') =>
  (await promisify(execFile)(process.execPath, [join(root, 'bin', `${file}.js`)])).stdout
const bundles = () => readdir(join(root, 'node_modules', '.cache', 'wellwon'))

test('the sources are bundled once, also by several who start at once, and again when one has changed', async () => {
  const said = `one ${join(root, 'src', 'main.ts')}\n`
  expect(await Promise.all([start(), start(), start()])).toEqual([said, said, said])
  expect(await bundles()).toHaveLength(1)
  await write('said', 'export const said: string = "two"')
  expect(await start()).toMatch(/^two /)
  expect(await bundles()).toHaveLength(2)
})

test('a project that was moved finds its files where it is now, without another bundle', async () => {
  await start()
  const before = await bundles()
  const moved = `${root}-moved`
  await rename(root, moved)
  root = moved
  expect(await start()).toBe(`one ${join(moved, 'src', 'main.ts')}\n`)
  expect(await bundles()).toEqual(before)
})

test('a trace names the sources, and a fault of theirs is told', async () => {
  await expect(start('wellwon')).rejects.toThrow(/Error: one\n +at broken \(.*src\/cli\.ts:2:\d+\)/)
  await write('main', 'import "./nowhere.ts"')
  await expect(start()).rejects.toThrow('src/main.ts:1:7: ERROR: Could not resolve "./nowhere.ts"')
  expect(await bundles()).toHaveLength(1)
})

test('where nothing can be written the sources are read as they are', async () => {
  await writeFile(join(root, 'node_modules', '.cache'), 'a file in its place')
  expect(await start()).toBe(`one ${join(root, 'src', 'main.ts')}\n`)
})
