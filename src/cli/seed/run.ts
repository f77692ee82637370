import type { Dispatch } from '../../kernel/dispatch.ts'
import { nobody } from '../../kernel/id.ts'
import { Rejection } from '../../kernel/reject.ts'
import { chatAt, personAt, readingOf, type Step, sharesOf, stepsOf, type World } from './plan.ts'

export interface SeedNeeds {
  dispatch: Dispatch
  /** Which of these commands, by whom and key, were carried out before. */
  known: (of: readonly { actor: string; key: string }[]) => Promise<ReadonlySet<string>>
  setPassword: (userId: string) => Promise<void>
  /** Told after each page of work. */
  onProgress: (done: Done) => void
  signal: AbortSignal
}

/** How many there are, of this run and of those before. `carriedOut`: messages of this run. */
export interface Done {
  users: number
  chats: number
  messages: number
  carriedOut: number
}

const lanes = 24
const page = 200
const together = 50

/** Makes the people, then the chats, then all that is said, many chats at once. Throws the signal's reason when it is aborted. */
export async function runSeed(world: World, needs: SeedNeeds): Promise<Done> {
  const { dispatch, known, signal, onProgress } = needs
  const done: Done = { users: 0, chats: 0, messages: 0, carriedOut: 0 }

  async function carryOut({ request }: Step): Promise<void> {
    const outcome = await dispatch(request)
    if (!(outcome instanceof Rejection)) return
    const why = outcome.detail.issues?.[0]?.message ?? outcome.message
    throw new Error(`${request.type} was refused: ${why} Is there something else in this database? Try another --seed.`)
  }

  /** Those of the steps that are not done yet. */
  async function open(steps: readonly Step[]): Promise<Step[]> {
    signal.throwIfAborted()
    const before = await known(steps.map(step => step.request))
    return steps.filter(step => !before.has(step.request.key))
  }

  /** In their order; those that need not wait for each other together. */
  async function inOrder(steps: readonly Step[]): Promise<void> {
    let wave: Step[] = []
    const flush = async () => {
      const all = wave
      wave = []
      await Promise.all(all.map(carryOut))
      done.carriedOut += all.filter(step => step.counts).length
      onProgress(done)
    }
    for (const step of steps) {
      if (wave.length === together || wave.some(other => other.request.key === step.after)) await flush()
      signal.throwIfAborted()
      wave.push(step)
    }
    await flush()
  }

  async function pages(
    total: number,
    stepAt: (i: number) => Step,
    each: (steps: Step[]) => Promise<void>,
    name: 'users' | 'chats',
  ) {
    for (let from = 0; from < total; from += page) {
      const size = Math.min(page, total - from)
      await each(await open(Array.from({ length: size }, (_, i) => stepAt(from + i))))
      done[name] += size
      onProgress(done)
    }
  }

  await pages(
    world.users,
    i => accountStep(world, i),
    async steps => {
      await Promise.all(
        steps.map(async step => {
          await needs.setPassword(step.request.key)
          await carryOut(step)
        }),
      )
    },
    'users',
  )
  await pages(
    world.chats,
    i => chatStep(world, i),
    async steps => void (await Promise.all(steps.map(carryOut))),
    'chats',
  )

  const shares = sharesOf(world)
  let next = 0
  async function lane(): Promise<void> {
    for (let i = next++; i < world.chats; i = next++) {
      const chat = chatAt(world, i)
      const share = shares[i] ?? 0
      for (let from = 0; from < share; from += page) {
        const size = Math.min(page, share - from)
        const steps = Array.from({ length: size }, (_, j) => stepsOf(world, chat, from + j)).flat()
        await inOrder(await open(steps))
        done.messages += size
      }
      await Promise.all((await open(readingOf(world, chat, share))).map(carryOut))
    }
  }
  const results = await Promise.allSettled(Array.from({ length: lanes }, lane))
  const failed = results.find(result => result.status === 'rejected')
  if (failed) throw failed.reason
  onProgress(done)
  return done
}

function accountStep(world: World, i: number): Step {
  const { id: userId, displayName, handle, email } = personAt(world, i)
  const input = { userId, email, handle, displayName }
  return { request: { type: 'CreateUserAccount', actor: nobody, key: userId, input }, after: null, counts: false }
}

function chatStep(world: World, i: number): Step {
  const { id: chatId, title, members } = chatAt(world, i)
  const [actor = '', ...participantIds] = members.map(member => personAt(world, member).id)
  const input = { chatId, kind: title === null ? 'DIRECT' : 'GROUP', title, participantIds }
  return { request: { type: 'CreateChat', actor, key: chatId, input }, after: null, counts: false }
}
