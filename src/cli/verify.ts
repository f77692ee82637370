import type { Command } from 'commander'
import { count, print, progress, Stopped, tool, untilStopped } from './command.ts'

export function verify(program: Command): void {
  program
    .command('verify')
    .description('compares all tables that follow from the log with the log, while the server runs')
    .action(
      tool(async box => {
        const signal = untilStopped()
        const tell = progress()
        const onProgress = (name: string, position: bigint, head: bigint) =>
          tell(() => `        ${name}: folded up to ${count(position)} of ${count(head)}`)
        const checks = await box.verify(box.derived, { onProgress, signal }).catch(error => {
          if (signal.aborted) throw new Stopped('Nothing was compared, and nothing is left behind.')
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
      }),
    )
}
