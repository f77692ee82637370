import { setTimeout as pause } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import type { RawEvent } from '../kernel/codec.ts'
import { print, tool, untilStopped } from './command.ts'

const pageSize = 500
const restMs = 300

export function events(program: Command): void {
  const log = program.command('events').description('the log')

  log
    .command('show')
    .description('the events of a stream, in order')
    .argument('<stream>')
    .option('--personal', 'with names and texts of people', false)
    .action(
      tool(async ({ store }, stream: string, { personal }: { personal: boolean }) => {
        for (let after = -1; ; ) {
          const { events: page, head } = await store.readStream(stream, after, pageSize)
          if (!head) throw new Error(`there is no stream ${stream}`)
          for (const event of page) print(`${event.revision} ${lineOf(event, personal)}`)
          after = page.at(-1)?.revision ?? after
          if (page.length < pageSize) return
        }
      }),
    )

  log
    .command('tail')
    .description('follows the log: one line an event, until Ctrl-C')
    .option(
      '--from <position>',
      'begin after this position; 0 is the beginning (default: what happens from now on)',
      toPosition,
    )
    .option('--category <names...>', 'only streams of these categories, such as chat or userAccount')
    .option('--no-follow', 'end where the log ends now')
    .option('--personal', 'with names and texts of people', false)
    .action(
      tool(async ({ store, head, categories }, options: TailOptions) => {
        const unknown = options.category?.find(name => !categories.includes(name))
        if (unknown) throw new Error(`there is no category ${unknown}: one of ${categories.join(', ')}`)
        const signal = untilStopped()
        let after = options.from ?? (await head())
        const end = options.follow ? null : await head()
        while (!signal.aborted) {
          const page = await store.readAll(after, pageSize, options.category)
          for (const event of page)
            print(`${event.position} ${event.stream}@${event.revision} ${lineOf(event, options.personal)}`)
          after = page.at(-1)?.position ?? after
          if (page.length === pageSize) continue
          if (end !== null) return
          await pause(restMs, undefined, { signal }).catch(() => undefined)
        }
        process.stderr.write(`Go on with: wellwon events tail --from ${after}\n`)
      }),
    )
}

interface TailOptions {
  from?: bigint
  category?: string[]
  follow: boolean
  personal: boolean
}

function toPosition(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('A position is a whole number.')
  return BigInt(text)
}

/** When, what and by whom. What is personal is told only when it is asked for. */
function lineOf(e: RawEvent, personal: boolean): string {
  const who = personal ? ` ${e.personal ?? 'erased or none'}` : ''
  return `${e.at.toISOString()} ${e.type} v${e.v} by ${e.actor ?? 'nobody'} ${e.data}${who}`
}
