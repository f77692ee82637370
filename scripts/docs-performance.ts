// Puts the figures of bench/results.json into docs/performance.md; with --check it only tells whether they are there.
import { readFileSync, writeFileSync } from 'node:fs'
import { benches } from '../bench/benches/all.ts'
import { readResults, table } from '../bench/harness/report.ts'

const file = 'docs/performance.md'
const [begin, end] = ['<!-- figures: npm run bench -->', '<!-- end of the figures -->']

function figures(): string {
  const report = readResults()
  if (!report) return 'Not measured yet.'
  const machine = Object.entries(report.machine).map(([name, value]) => `${name} ${value}`)
  return `Measured on ${machine.join(', ')}.\n\n${table(benches, report.results)}`
}

const methods = benches.map(bench => {
  const names = Object.keys(bench.goals).map(name => `\`${name}\``)
  return `- ${names.join(', ')}: ${bench.method}`
})

const page = readFileSync(file, 'utf8')
const [before, rest] = page.split(begin)
const after = rest?.split(end)[1]
if (before === undefined || after === undefined) throw new Error(`${file} has no place for figures: ${begin} … ${end}`)
const current = `${before}${begin}\n\n${figures()}\n\nHow each is measured:\n\n${methods.join('\n')}\n\n${end}${after}`

if (!process.argv.includes('--check')) {
  writeFileSync(file, current)
} else if (page !== current) {
  console.error(`${file} does not say what bench/results.json does: run npm run docs`)
  process.exitCode = 1
}
