import type { Program } from './child.ts'
import type { Context } from './context.ts'
import { secret } from './house.ts'

export interface Server extends Program {
  port: number
}

/** Starts something that listens. */
export async function startServer(context: Context, path: string, env: Record<string, string> = {}): Promise<Server> {
  const program = await context.program(path, env)
  return { ...program, port: await program.ask<number>('listen') }
}

/** Starts the program in production, over a database. */
export const startOurs = (context: Context, url: string, env: Record<string, string> = {}): Promise<Server> =>
  startServer(context, 'programs/ours.ts', {
    ...{ DATABASE_URL: url, PORT: '0', ROLE: 'api', LOG_LEVEL: 'error', JWT_SECRET: secret, DATA_DIR: context.folder },
    ...env,
  })
