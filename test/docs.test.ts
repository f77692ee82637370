import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

// What the documentation points at is there: files by their links, and [`name`](file) also the name in that file.

const pages = [
  ...readdirSync('.').filter(name => name.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
]

test.each(pages)('%s points at what is there', page => {
  const broken: string[] = []
  for (const [link, text = '', to = ''] of readFileSync(page, 'utf8').matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)) {
    if (/^\w+:/.test(to)) continue
    const file = join(dirname(page), to.split('#')[0] || '.')
    const name = /^`(\w+)`$/.exec(text)?.[1]
    if (!existsSync(file)) broken.push(`${link}: no such file`)
    else if (name && !new RegExp(`\\b${name}\\b`).test(readFileSync(file, 'utf8'))) broken.push(`${link}: no such name`)
  }
  expect(broken).toEqual([])
})
