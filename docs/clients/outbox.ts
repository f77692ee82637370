// What is written and not answered yet. It lives beside the cache, not in its lists: a list is what the server says, and may be
// replaced at any time. Show the messages of the chat, then `pending` of those.

export interface Draft {
  /** Made here, and echoed by the message: that is how the two find each other. */
  idempotencyKey: string
  chatId: string
  text: string
  /** Why the server does not take it; then it is not tried again until `retry`. */
  refused?: string
}

/** Sends a draft: null when it was taken, or why it was refused. Throws when there was no answer. */
export type Deliver = (draft: Draft) => Promise<string | null>

export interface OutboxOptions {
  deliver: Deliver
  /** What was there when the program last ran, and where to keep what is there now. */
  drafts?: readonly Draft[]
  keep?: (drafts: readonly Draft[]) => void
  /** How long to wait before another try, in ms; the first is 0. */
  waitMs?: (tries: number) => number
}

const patience = (tries: number) => Math.min(30_000, 250 * 2 ** tries) * (0.5 + Math.random() / 2)

/** Sends drafts in the order of each chat, each until it is answered: always with its key, so that it is said once. */
export function createOutbox({ deliver, drafts = [], keep = () => undefined, waitMs = patience }: OutboxOptions) {
  let all = [...drafts]
  const busy = new Set<string>()

  function change(next: Draft[]): void {
    all = next
    keep(all)
  }
  const without = ({ idempotencyKey }: Draft) => all.filter(draft => draft.idempotencyKey !== idempotencyKey)

  async function work(chatId: string): Promise<void> {
    if (busy.has(chatId)) return
    busy.add(chatId)
    for (let tries = 0; ; ) {
      const draft = all.find(draft => draft.chatId === chatId && !draft.refused)
      if (!draft) break
      const outcome = await deliver(draft).catch(() => undefined)
      if (outcome === undefined) await new Promise(done => setTimeout(done, waitMs(tries++)))
      else
        change(outcome === null ? without(draft) : all.map(one => (one === draft ? { ...one, refused: outcome } : one)))
      if (outcome !== undefined) tries = 0
    }
    busy.delete(chatId)
  }
  for (const chatId of new Set(all.map(draft => draft.chatId))) void work(chatId)

  return {
    send(chatId: string, text: string): Draft {
      const draft = { idempotencyKey: crypto.randomUUID(), chatId, text }
      change([...all, draft])
      void work(chatId)
      return draft
    },
    retry({ idempotencyKey, chatId, text }: Draft): void {
      change(all.map(one => (one.idempotencyKey === idempotencyKey ? { idempotencyKey, chatId, text } : one)))
      void work(chatId)
    },
    discard: (draft: Draft) => change(without(draft)),
    /** Drafts of a chat that its messages do not show yet: an event may be faster than the answer. */
    pending(chatId: string, messages: readonly { idempotencyKey?: string | null }[]): Draft[] {
      const shown = new Set(messages.map(message => message.idempotencyKey))
      return all.filter(draft => draft.chatId === chatId && !shown.has(draft.idempotencyKey))
    },
  }
}
