import type { WebSocket } from 'ws'

/** How a socket is closed: graphql-ws clients try again after 4403 and 1013, and stop after 4401. */
export const close = {
  ended: { code: 4401, reason: 'The session has ended' },
  expired: { code: 4403, reason: 'The token has expired' },
  slow: { code: 1013, reason: 'Too slow: come back' },
  stranger: { code: 4400, reason: 'Only a token of the same account keeps a socket' },
  binary: { code: 4400, reason: 'Text messages only' },
  goingAway: { code: 1001, reason: 'The server is going away' },
} as const

/** Closes, and cuts the line soon after: who does not read never sees the close and would stay for ever. */
export function shut(socket: WebSocket, why: keyof typeof close): void {
  socket.close(close[why].code, close[why].reason)
  setTimeout(() => socket.terminate(), 5_000).unref()
}
