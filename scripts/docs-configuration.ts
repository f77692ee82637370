// Prints docs/configuration.md from the table of settings; with --check it only tells whether the file is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { type Setting, settings } from '../src/settings.ts'

const file = 'docs/configuration.md'

const row = ([name, it]: [string, Setting]) =>
  `| \`${name}\` | ${it.takes} | ${it.default === null ? it.unset : `\`${it.default}\``} | ${it.about} |`

const page = `# Configuration

Settings are environment variables. There is no settings file and there are no command-line arguments: \`PORT=4001 npm start\`.
An empty variable counts as unset. A wrong value, a missing one, a name that looks like a misspelled setting and any other
name that starts with \`WELLWON_\` end the program at its start, with one line that names the variable and exit code 1.

| Variable | Must be | Default | Meaning |
|---|---|---|---|
${Object.entries(settings).map(row).join('\n')}

This page is printed by \`npm run docs\` from \`src/settings.ts\`.
`

if (!process.argv.includes('--check')) {
  writeFileSync(file, page)
} else if (readFileSync(file, 'utf8') !== page) {
  console.error(`${file} is not what src/settings.ts says: run npm run docs`)
  process.exitCode = 1
}
