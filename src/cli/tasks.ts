import type { Command } from 'commander'
import { print, tool } from './command.ts'

export function tasks(program: Command): void {
  const group = program.command('tasks').description('what processes still have to do, where it failed')

  group
    .command('list')
    .description('those that failed at least once, the oldest first')
    .action(
      tool(async box => {
        const all = await box.tasks.failing()
        for (const { id, reactor, kind, at, dueAt, attempts, error, failedAt } of all) {
          print(`${id} ${reactor} ${kind}: ${error}`)
          const next = failedAt ? `given up ${failedAt.toISOString()}` : `next ${dueAt.toISOString()}`
          print(`  from ${at.toISOString()}, tried ${attempts} times, ${next}`)
        }
        const { count, since } = await box.tasks.waiting()
        if (all.length === 0) print('No task has failed.')
        print(`${count} ${count === 1 ? 'waits' : 'wait'}${since ? `, the first since ${since.toISOString()}` : ''}.`)
      }),
    )

  const one = (name: string, description: string, act: 'retry' | 'drop', done: string) =>
    group
      .command(name)
      .description(description)
      .argument('<id>')
      .action(
        tool(async (box, id: string) => {
          const known = (await box.tasks.failing()).some(task => task.id === id)
          if (!known || !(await box.tasks[act](id))) throw new Error(`no task ${id} has failed: see tasks list`)
          print(`${id} ${done}`)
        }),
      )
  one('retry', 'tries a failed task again, as soon as a worker is there', 'retry', 'is tried again.')
  one('drop', 'takes a failed task away for good: what it was to do stays undone', 'drop', 'is taken away.')
}
