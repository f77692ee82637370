// Reads a vitest report: prints the number of passed tests, and of those that failed, were skipped or could not be loaded.
import { readFileSync } from 'node:fs'

const { testResults, numPassedTests } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const bad = []
for (const { name, status, message, assertionResults } of testResults) {
  const failed = assertionResults.filter(test => test.status !== 'passed')
  bad.push(...failed.map(test => `${test.status}: ${name} > ${test.fullName}`))
  if (status === 'failed' && failed.length === 0) bad.push(`not loaded: ${name}: ${message}`)
}
for (const line of bad) console.error(line)
console.log(numPassedTests, bad.length)
