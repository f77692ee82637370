import type { Command } from 'commander'
import { count, print, progress, Stopped, tool, untilStopped } from './command.ts'

export function verify(program: Command): void {
  program
    .command('verify')
    .description('compares the tables that follow from the log with the log, while the server runs')
    .argument('[names...]', 'projections, or audience; all of them when none is named')
    .action(
      tool(async ({ derived, verify }, names: string[]) => {
        const unknown = names.find(name => !derived.some(d => d.name === name))
        if (unknown) throw new Error(`there is no ${unknown}: one of ${derived.map(d => d.name).join(', ')}`)
        const signal = untilStopped()
        const tell = progress()
        const onProgress = (name: string, position: bigint, head: bigint) =>
          tell(() => `        ${name}: folded up to ${count(position)} of ${count(head)}`)
        const asked = derived.filter(d => !names.length || names.includes(d.name))
        // One after the other: what is compared is told and done with, and the log is folded once for each anyway.
        for (const [at, of] of asked.entries()) {
          const checks = await verify([of], { onProgress, signal }).catch(error => {
            const rest = asked.slice(at).map(d => d.name)
            if (signal.aborted)
              throw new Stopped(`Nothing is left behind. Go on with: wellwon verify ${rest.join(' ')}`)
            throw error
          })
          for (const { table, rows, hash, expected, difference } of checks) {
            print(`${difference ? 'DIFFERS' : 'same   '} ${table}: ${rows} rows, ${hash || 'empty'}`)
            if (!difference) continue
            print(
              `        by the log ${expected || 'empty'}; first at ${difference.key}: ${difference.columns.join(', ')}`,
            )
            process.exitCode = 1
          }
        }
      }),
    )
}
