import { chatEvents } from '../domain/chat/events.ts'
import { userAccountEvents } from '../domain/userAccount/events.ts'
import { type Chore, chore } from '../kernel/chore.ts'
import { decode } from '../kernel/codec.ts'
import type { Dispatch } from '../kernel/dispatch.ts'
import { eventId, system } from '../kernel/id.ts'
import { type Doing, reactor, reactsTo, task } from '../kernel/reactor.ts'
import { Rejection } from '../kernel/reject.ts'
import type { EventStore } from '../port/event-store.ts'
import type { Tasks } from '../port/tasks.ts'

/** An invitation, and the revision of its event in the stream of its company. */
interface InvitationPlace {
  companyId: string
  invitationId: string
  sequence: number
}

/** All of it may be done again. */
export interface ErasureNeeds {
  dispatch: Dispatch
  store: Pick<EventStore, 'readStream'>
  /** Takes what is personal out of a stream's events, and then out of its rows. */
  erase: (stream: string) => Promise<void>
  /** Takes what is personal out of one event, and out of the snapshots of its stream. */
  eraseEvent: (stream: string, revision: number) => Promise<void>
  /** Sessions, and whatever else is kept of an account outside of the log. */
  forget: (userId: string) => Promise<void>
  /** Invitations to an address, at most `limit`; those that are forgotten have none. */
  invitationsTo: (args: { email: string; limit: number }) => Promise<readonly InvitationPlace[]>
}

const name = 'erasure'
const atOnce = 100

/**
 * Who deletes an account, or a chat for everybody, leaves nothing personal in the log: not in the account's own stream, nor in
 * the chat's, nor the address in invitations to companies. What somebody said in chats that live on belongs to these, and stays.
 */
export function erasure({ dispatch, store, erase, eraseEvent, forget, invitationsTo }: ErasureNeeds) {
  async function forgetInvitation({ companyId, invitationId, sequence }: InvitationPlace, { id }: Pick<Doing, 'id'>) {
    const stream = `company-${companyId}`
    // First: whoever folds the stream after the address is gone takes the invitation for one that was forgotten before.
    const key = eventId(invitationId, id, 0)
    const input = { companyId, invitationId }
    const done = await dispatch({ type: 'ForgetCompanyInvitation', input, actor: system, key })
    if (done instanceof Rejection) throw new Error(`ForgetCompanyInvitation was refused: ${done.code}`)
    await eraseEvent(stream, sequence)
    await eraseEvent(stream, sequence) // a snapshot of what was known before may just have been taken
    return undefined
  }
  return reactor({
    name,
    start: 'beginning',
    on: [
      reactsTo(userAccountEvents, {
        UserAccountDeleted: ({ data: { userId }, stream }) => [
          task('eraseAccount', { stream }),
          task('forget', { userId }),
        ],
      }),
      reactsTo(chatEvents, { ChatHardDeleted: ({ stream }) => [task('erase', { stream })] }),
    ],
    do: {
      erase: async ({ stream }: { stream: string }) => {
        await erase(stream)
        return undefined
      },
      /** The address is in the stream alone: it goes last. */
      eraseAccount: async ({ stream }: { stream: string }, doing: Doing) => {
        const email = await confirmedAddress(store, stream)
        const places = email === null ? [] : await invitationsTo({ email, limit: atOnce })
        for (const place of places) await forgetInvitation(place, doing)
        if (places.length === atOnce) return { again: new Date() }
        await erase(stream)
        return undefined
      },
      forget: async ({ userId }: { userId: string }) => {
        await forget(userId)
        return undefined
      },
      forgetInvitation,
    },
  })
}

/** Of an account that was not erased yet; null where nobody has shown that the address is theirs: it may be somebody else's. */
async function confirmedAddress(store: ErasureNeeds['store'], stream: string): Promise<string | null> {
  let email: string | null = null
  let confirmed = false
  for (let after = -1; ; ) {
    const { events } = await store.readStream(stream, after, 500, true)
    for (const raw of events) {
      if (raw.type === 'UserEmailVerified') confirmed = true
      if (raw.type !== 'UserAccountCreated') continue
      email = (decode(userAccountEvents, raw).personal as { email: string } | null)?.email ?? null
    }
    const last = events.at(-1)
    if (!last) return confirmed ? email : null
    after = last.revision
  }
}

const keptMs = 30 * 86_400_000

/** The address of who never answered is kept for a month after the invitation ran out, and then forgotten, revoked or not. */
export const oldInvitations = (needs: {
  tasks: Pick<Tasks, 'add'>
  invitationsOver: (args: { before: Date; limit: number }) => Promise<readonly InvitationPlace[]>
}): Chore =>
  chore({
    name: 'old invitations',
    everyMs: 3_600_000,
    run: async () => {
      const places = await needs.invitationsOver({ before: new Date(Date.now() - keptMs), limit: 1_000 })
      for (const input of places) {
        const id = eventId('forgetInvitation', input.invitationId, 0)
        await needs.tasks.add({ id, reactor: name, kind: 'forgetInvitation', input })
      }
      return false
    },
  })
