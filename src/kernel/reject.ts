/** Why a command was refused; the API's ErrorCode has the same words. */
export type RejectionCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'VERSION_CONFLICT'
  | 'STATE_CONFLICT'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INVALID_CREDENTIALS'
  | 'TOKEN_EXPIRED'
  | 'ALREADY_EXISTS'
  | 'LIMIT_EXCEEDED'
  | 'EXTERNAL_UNAVAILABLE'

/** One thing wrong with an input: where, and what. */
export interface Issue {
  path: readonly string[]
  code: RejectionCode
  message: string
}

/** What a refusal may carry besides its words. */
export interface RejectionDetail {
  issues?: readonly Issue[]
  /** What was not found: the node's type in the API's words, and its id in ours. */
  missing?: readonly { type: string; id: string }[]
  currentVersion?: number
  /** From when on it may be tried again. */
  retryAt?: Date
}

/** A refusal that the caller can act on. It is a value, not an exception: a decision returns it. */
export class Rejection {
  readonly code: RejectionCode
  readonly message: string
  readonly detail: RejectionDetail
  constructor(code: RejectionCode, message: string, detail: RejectionDetail = {}) {
    this.code = code
    this.message = message
    this.detail = detail
  }
}
export const reject = (code: RejectionCode, message: string, detail?: RejectionDetail): Rejection =>
  new Rejection(code, message, detail)

/** A refusal of one field of the input. */
export const rejectField = (field: string, message: string, code: RejectionCode = 'INVALID_INPUT'): Rejection =>
  new Rejection(code, message, { issues: [{ path: [field], code, message }] })
