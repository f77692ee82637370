import { type Bench, type Measured, type Result, resultOf } from '../bench.ts'
import { type Program, startProgram } from './child.ts'
import type { Context } from './context.ts'
import { createStops } from './stops.ts'

/** What all benches of a run share. */
/** `bundled`: where a program is by then. */
export type Shared = { bundled: (path: string) => string } & Pick<
  Context,
  'quick' | 'seconds' | 'warmUp' | 'bin' | 'folder' | 'exchange' | 'profile' | 'say' | 'postgres'
>

/** Sets a bench up, measures its rounds (three, in a quick run one) and ends what it started, after `minutes` at the latest. */
export async function measure(bench: Bench, of: Shared, minutes: number): Promise<Record<string, Result>> {
  const stops = createStops()
  const programs: (Program & { path: string })[] = []
  const context: Context = {
    ...of,
    stops,
    database: async kind => (await of.postgres(kind)).database(stops),
    async program(path, env) {
      const program = await startProgram(stops, of.bundled(path), env)
      programs.push({ path, ...program })
      return program
    },
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`broken off after ${minutes} minutes`)), minutes * 60_000)
  })
  try {
    return await Promise.race([late, rounds(bench, context, programs)])
  } finally {
    clearTimeout(timer)
    await stops.run()
  }
}

async function rounds(
  bench: Bench,
  context: Context,
  programs: readonly (Program & { path: string })[],
): Promise<Record<string, Result>> {
  const round = await bench.open(context)
  const measured: Record<string, Measured>[] = []
  for (let i = 0; i < (context.quick ? 1 : (bench.rounds ?? 3)); i++) {
    if (context.profile) for (const program of programs) await program.ask('profile.start')
    const now = await round()
    if (context.profile)
      for (const program of programs)
        context.say([`  ${program.path}:`, ...(await program.ask<string[]>('profile.stop'))].join('\n    '))
    measured.push(now)
    for (const [name, { ours, reference }] of Object.entries(now)) {
      const figures = `ours ${ours.toPrecision(4)}, reference ${reference.toPrecision(4)}`
      context.say(`  ${name}: ${figures}, ratio ${(ours / reference).toPrecision(3)}`)
    }
  }
  return Object.fromEntries(
    Object.keys(bench.goals).map(name => [
      name,
      resultOf(measured.map(figures => figures[name] ?? { ours: Number.NaN, reference: Number.NaN })),
    ]),
  )
}
