/** A command on its way: what is wanted, by whom, and under which key it may be tried again. */
export interface Request {
  type: string
  input: unknown
  /** Who asks; also the scope of the key. */
  actor: string
  /** The idempotency key, which becomes the command's id. */
  key?: string | null
  /** What the key stands for: the caller's input without secrets. Default: `input`. */
  fingerprint?: unknown
}
