/** Takes out of the log what is personal. The events stay, and read as erased. */
export interface Erasure {
  /** All personal parts of a stream, and its snapshots, for good. Doing it again changes nothing. Throws StoreUnavailable. */
  stream: (stream: string) => Promise<void>
  /** The same for one event, and the snapshots of its stream. */
  event: (stream: string, revision: number) => Promise<void>
}
