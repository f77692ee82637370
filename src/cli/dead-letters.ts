import type { Command } from 'commander'
import { early } from '../port/consumers.ts'
import { print, tool } from './command.ts'
import type { Toolbox } from './toolbox.ts'

export function deadLetters(program: Command): void {
  const letters = program.command('dead-letters').description('streams that a consumer could not go on with')

  letters
    .command('list')
    .description('all of them, the longest halted first')
    .action(
      tool(async box => {
        const all = await box.letters.list()
        for (const { consumer, stream, revision, attempts, since, nextAt, error } of all) {
          print(`${consumer} ${stream}@${revision}: ${error}`)
          print(`  halted ${since.toISOString()}, tried ${attempts} times, next ${nextAt.toISOString()}`)
        }
        if (all.length === 0) print('No stream is halted.')
      }),
    )

  letters
    .command('retry')
    .description('goes on with a stream now, without waiting for the next attempt')
    .argument('<consumer>')
    .argument('<stream>')
    .action(tool((box, consumer: string, stream: string) => goOn(box, consumer, stream, false)))

  letters
    .command('skip')
    .description(
      'passes over the event that halted a stream: it will have no rows here, and a rebuild needs --skip for it',
    )
    .argument('<consumer>')
    .argument('<stream>')
    .action(tool((box, consumer: string, stream: string) => goOn(box, consumer, stream, true)))
}

async function goOn(box: Toolbox, consumer: string, stream: string, skip: boolean): Promise<void> {
  const find = async () => (await box.letters.list(consumer)).find(letter => letter.stream === stream)
  const halted = await find()
  if (!halted) throw new Error(`${consumer} is not halted at ${stream}: see dead-letters list`)
  if (consumer === early) await box.healEarly(stream, skip ? halted.revision : null)
  else await box.consumers.resume(box.consumer(consumer), stream, skip)
  const still = await find()
  if (still) throw new Error(`${consumer} is still halted at ${stream}@${still.revision}: ${still.error}`)
  print(`${consumer} goes on with ${stream}${skip ? `, without ${halted.revision}` : ''}.`)
}
