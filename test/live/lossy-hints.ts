import type { memoryPubSub } from '../../src/adapter/memory/pubsub.ts'

/** While `dropThirds` is set, each third hint is lost. For `vi.mock` of the hints within a process. */
export const hints = { dropThirds: false, count: 0, dropped: 0 }

export async function lossyHints(original: () => Promise<{ memoryPubSub: typeof memoryPubSub }>) {
  const { memoryPubSub: whole } = await original()
  const lossy: typeof whole = failed => {
    const pubsub = whole(failed)
    return {
      ...pubsub,
      publish: topic => {
        if (hints.dropThirds && ++hints.count % 3 === 0) hints.dropped++
        else pubsub.publish(topic)
      },
    }
  }
  return { memoryPubSub: lossy }
}
