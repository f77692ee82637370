import { inspect } from 'node:util'
import { memoryMailbox } from '../../src/adapter/memory/mailbox.ts'
import { postgresErasure } from '../../src/adapter/postgres/erasure.ts'
import { functionsFor } from '../../src/adapter/postgres/functions.ts'
import { postgresMailClaims } from '../../src/adapter/postgres/mail-claims.ts'
import { eraserFrom } from '../../src/compose/erasing.ts'
import { projectionTables } from '../../src/compose/store.ts'
import { newId, system } from '../../src/kernel/id.ts'
import { Rejection, type RejectionCode } from '../../src/kernel/reject.ts'
import type { Commit } from '../../src/port/event-store.ts'
import { processesFrom } from '../../src/processes.ts'
import { innFor } from '../company-people.ts'
import { withoutMails } from '../mails.ts'
import { done, openWorkshop, type Workshop } from '../workshop.ts'
import { found } from './making.ts'
import { moveOf } from './moves.ts'
import type { Told } from './rules.ts'
import { drawing, emptyWorld, type World } from './world.ts'

const codes: Record<RejectionCode, true> = {
  ...{ INVALID_INPUT: true, NOT_FOUND: true, FORBIDDEN: true, VERSION_CONFLICT: true, STATE_CONFLICT: true },
  ...{ IDEMPOTENCY_KEY_REUSED: true, INVALID_CREDENTIALS: true, TOKEN_EXPIRED: true, ALREADY_EXISTS: true },
  ...{ LIMIT_EXCEEDED: true, EXTERNAL_UNAVAILABLE: true },
}

/** What became of a history. */
export interface History {
  told: Map<string, Told>
  /** Types of commands that went through and changed something. */
  went: string[]
  /** Codes of refusals. */
  refused: string[]
}

/**
 * Carries steps out, three at a time, in two companies that are there already; `begun` comes before the first. Throws for what is no
 * typed refusal.
 */
export async function carryOut(
  shop: Workshop,
  steps: readonly (readonly number[])[],
  begun: (world: World) => Promise<void> = async () => undefined,
): Promise<History> {
  const history: History = { told: new Map(), went: [], refused: [] }
  let since = 0
  const tell = async (type: string, input: Record<string, unknown>, actor: string): Promise<Commit | Rejection> => {
    const key = newId()
    history.told.set(key, { type, input, actor, since })
    const outcome = await shop.carry({ type, input, actor, key }).catch(error => {
      throw new Error(`${type} ${JSON.stringify(input)} by ${actor} threw ${error}`, { cause: error })
    })
    const rejected = outcome instanceof Rejection
    if (rejected && !(codes[outcome.code] && outcome.message))
      throw new Error(`${type} was refused in no words: ${JSON.stringify(outcome)}`)
    if (rejected) history.refused.push(outcome.code)
    else if (outcome.first !== null) history.went.push(type)
    if (!rejected) since = Math.max(since, Number(outcome.position ?? 0))
    return outcome
  }
  const world = await founded((type, input, actor) => done(tell(type, input, actor)))
  await begun(world)
  const first = steps[0]?.[0] ?? 0
  // Every other step is of each command in its turn, so that none is left out.
  const waiting = steps.map((numbers, i) => ({ numbers, turn: i % 2 ? null : first + i / 2 }))
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const move = moveOf(world, drawing(step.numbers), step.turn)
      const outcome = await tell(move.type, move.input, move.actor)
      if (outcome instanceof Rejection) continue
      move.done?.()
      world.went.push({ type: move.type, input: move.input, actor: move.actor })
    }
  }
  await Promise.all([lane(), lane(), lane()])
  return history
}

/** Six people, two companies that one of them is in both of, a chat of each, a group of people of both, files, templates. */
async function founded(
  tell: (type: string, input: Record<string, unknown>, actor: string) => Promise<unknown>,
): Promise<World> {
  const world = emptyWorld()
  for (let i = 0; i < 6; i++) {
    const id = newId()
    const name = `u${id.slice(-12)}`
    await tell('CreateUserAccount', { userId: id, email: `${name}@example.org`, handle: name, displayName: name }, id)
    world.people.push({ id, email: `${name}@example.org`, handle: name })
  }
  const ids = world.people.map(person => person.id)
  await tell('ChangePlatformRole', { userId: ids[0], role: 'ADMIN' }, system)
  for (const [n, people] of [ids.slice(0, 3), ids.slice(2, 5)].entries()) {
    const [by = '', ...others] = people
    const [companyId, templateId] = [newId(), newId()]
    await tell(
      'CreateCompany',
      { companyId, inn: innFor(100 + n), name: 'Freight', kpp: null, ogrn: null, legalAddress: null },
      by,
    )
    for (const userId of others) await tell('AddCompanyMember', { companyId, userId, role: 'MEMBER' }, by)
    world.companies.push({ id: companyId, by, people: [...people] })
    await tell('CreateTemplate', { templateId, companyId, name: 'Arrival', body: 'note {{what}}' }, by)
    world.templates.push({ id: templateId, companyId, by })
    world.chats.push({ id: newId(), by, people: [...people] })
    await tell(
      'CreateChat',
      { chatId: world.chats.at(-1)?.id, kind: 'COMPANY', title: 'All of us', companyId, participantIds: others },
      by,
    )
  }
  const [by = ''] = ids
  world.chats.push({ id: newId(), by, people: ids.slice(0, 4) })
  await tell(
    'CreateChat',
    { chatId: world.chats.at(-1)?.id, kind: 'GROUP', title: 'A group', participantIds: ids.slice(1, 4) },
    by,
  )
  for (const owner of ids.slice(0, 4)) {
    world.files.push({ id: newId(), by: owner })
    const fileId = world.files.at(-1)?.id
    await tell('CreateFileUpload', { fileId, name: 'a.png', contentType: 'image/png', size: 5, sha256: null }, owner)
    await tell('CompleteFileUpload', { fileId, found }, owner)
  }
  // Each chat holds a file, which whoever leaves it sees no more.
  for (const [n, chat] of world.chats.entries()) {
    const file = world.files.filter(({ by }) => by === chat.by)[0] ?? world.files[n]
    const input = { chatId: chat.id, messageId: newId(), text: 'note 0', replyToId: null, fileIds: [file?.id] }
    await tell('SendMessage', input, chat.by)
  }
  return world
}

/** A house whose processes run beside what people do. They send no mails, and their files are nowhere. */
export function openHistory(url: string) {
  const shop = openWorkshop(url)
  const did: string[] = []
  const dispatch: Workshop['carry'] = async request => {
    const outcome = await shop.carry(request)
    if (!(outcome instanceof Rejection) && outcome.first !== null) did.push(request.type)
    return outcome
  }
  const quietly = () => undefined
  const silent = { debug: quietly, info: quietly, warn: quietly, error: quietly }
  const { reactors } = processesFrom({
    ...{ ...withoutMails, ...shop.needs, dispatch, ask: shop.ask, store: shop.store, unusedFileHours: 24 },
    files: { remove: async () => undefined } as never,
    erase: eraserFrom(shop.database, functionsFor(projectionTables), shop.store),
    eraseEvent: postgresErasure(shop.database).event,
    mailing: { mailer: memoryMailbox(), claims: postgresMailClaims(shop.database), log: silent },
    accountTokens: { drop: async () => undefined } as never,
  })
  const quiet = reactors.filter(({ name }) => name !== 'accountMails')
  shop.work()
  shop.react(quiet)
  const followers = [shop.inbox.name, ...quiet.map(({ name }) => name)]
  return {
    shop,
    /** Types of commands by which processes changed something. */
    did,
    /** Whether all that follows from the log is done. Throws when something of it failed. */
    async rests(): Promise<boolean> {
      // What lost a race against another task is tried again, and that is all right.
      const failed = await shop.query(
        'select reactor, kind, error from tasks where failed_at is not null or attempts > 5',
      )
      const letters = await shop.letters.list()
      if (failed.length || letters.length)
        throw new Error(`a process failed: ${inspect([failed, letters], { depth: 4 })}`)
      // What is to be done once more a minute later need not wait for it here.
      await shop.query("update tasks set due_at = now() where due_at > now() + interval '1 s' and held_until is null")
      const [row] = await shop.query<{ rests: boolean }>(
        `select not exists (select from tasks) and not exists (select from behind)
            and (select count(*) from checkpoints where consumer = any($1) and position >= (select max(position) from events)) = $2 rests`,
        [followers, followers.length],
      )
      return row?.rests ?? false
    },
  }
}
