import type { Command } from 'commander'
import { rebuild as run } from '../worker/rebuild.ts'
import { count, print, progress, Stopped, tool, untilStopped } from './command.ts'

export function rebuild(program: Command): void {
  program
    .command('rebuild')
    .description('makes the tables of a projection or a consumer anew from the log, while the server runs')
    .argument('<name>', 'a projection, or audience')
    .option('--resume', 'go on with a rebuild that was interrupted; only with the same code', false)
    .option('--skip <events...>', 'events to pass over, as <stream>@<revision>')
    .action(
      tool(async ({ derived, rebuilds }, name: string, options: { resume: boolean; skip?: string[] }) => {
        const of = derived.find(d => d.name === name)
        if (!of) throw new Error(`there is no ${name}: one of ${derived.map(d => d.name).join(', ')}`)
        const signal = untilStopped()
        const tell = progress()
        const onProgress = (position: bigint, head: bigint) => tell(() => `${name}: at ${position} of ${count(head)}`)
        try {
          await run({ of, rebuilds, resume: options.resume, skip: new Set(options.skip), onProgress, signal })
        } catch (error) {
          if (signal.aborted) throw new Stopped(`${name} stays as it was. Go on with: wellwon rebuild ${name} --resume`)
          throw error
        }
        print(`${name} is made anew.`)
      }),
    )
}
