import type { Command } from 'commander'
import { count, print, tool } from './command.ts'

/** How far the consumers are that follow the log, and what to do with those that stand at a position of another one. */
export function consumers(program: Command): void {
  const group = program.command('consumers').description('processes and indexes that follow the log')

  group
    .command('list')
    .description('how far each of them is, and whether a worker has it')
    .action(
      tool(async ({ query, followers, store, head }) => {
        const last = await head()
        const rows = await query<{ consumer: string; position: string; epoch: string; owned: boolean }>(
          'select consumer, position, epoch, coalesce(until > clock_timestamp(), false) owned from checkpoints',
        )
        for (const name of followers) {
          const row = rows.find(one => one.consumer === name)
          if (!row) print(`${name}: has never run`)
          else if (row.epoch !== store.epoch) print(`${name}: stands at position ${row.position} of another log`)
          else print(`${name}: at ${row.position} of ${last}${row.owned ? '' : ', no worker has it'}`)
        }
      }),
    )

  group
    .command('continue')
    .description(
      'after a restore or a failover: processes go on where they were. What was restored with the log goes on with it; what they did after that moment may be done again',
    )
    .argument('[name]', 'one process; all of them when left out')
    .action(
      tool(async (box, name?: string) => {
        if (name !== undefined) box.consumer(name)
        const remade = new Set(box.derived.map(one => one.name))
        if (name !== undefined && remade.has(name))
          throw new Error(`${name} is made anew from the log instead: wellwon rebuild ${name}`)
        const names = name === undefined ? box.followers.filter(one => !remade.has(one)) : [name]
        let moved = 0
        for (const one of names) {
          const position = await box.consumers.continueHere(one)
          if (position === null) continue
          moved++
          print(`${one} goes on from position ${position}.`)
        }
        print(
          moved ? `${count(moved)} go on, as soon as a worker is there.` : 'None stands at a position of another log.',
        )
      }),
    )
}
