import type { memoryPubSub } from '../../src/adapter/memory/pubsub.ts'

/** Of so many hints (`lose`) one is lost; 0: none. For `vi.mock` of the hints within a process. */
export const hints = { lose: 0, count: 0, dropped: 0 }

export async function lossyHints(original: () => Promise<{ memoryPubSub: typeof memoryPubSub }>) {
  const { memoryPubSub: whole } = await original()
  const lossy: typeof whole = failed => {
    const pubsub = whole(failed)
    return {
      ...pubsub,
      publish: topic => {
        if (hints.lose > 0 && ++hints.count % hints.lose === 0) hints.dropped++
        else pubsub.publish(topic)
      },
    }
  }
  return { memoryPubSub: lossy }
}
