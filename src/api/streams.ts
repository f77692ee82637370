/** What is looked at of an answer that is under way. */
export interface Stream {
  writableNeedDrain: boolean
  socket: { bytesWritten: number } | null
  destroy: () => unknown
  once: (event: 'close', listener: () => void) => unknown
}

export interface Streams {
  add: (stream: Stream, now: number) => void
  /** Cuts those that stand still. */
  look: (now: number) => void
}

/** An answer whose reader takes nothing holds one page of frames; after `ms` without a byte it is cut. Times in ms. */
export function watchStreams(ms: number): Streams {
  const streams = new Map<Stream, { sent: number; since: number }>()
  return {
    add(stream, now) {
      streams.set(stream, { sent: 0, since: now })
      stream.once('close', () => streams.delete(stream))
    },
    look(now) {
      for (const [stream, { sent, since }] of streams) {
        const written = stream.socket?.bytesWritten ?? 0
        // Who reads a lot has always something waiting: what counts is whether it moves.
        if (!stream.writableNeedDrain || written !== sent) streams.set(stream, { sent: written, since: now })
        else if (now - since > ms) stream.destroy()
      }
    },
  }
}
