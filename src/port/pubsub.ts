/** What woke somebody: nothing but the name of what may have moved. The log is the truth; a lost hint costs a moment. */
export interface PubSub {
  /** Wakes listeners in every process; never throws and never waits. */
  publish(topic: string): void
  /** Calls `wake` for each hint on the topic, and once after a connection was lost and is back. Returns the way out. */
  subscribe(topic: string, wake: () => void): () => void
  close(): Promise<void>
}
