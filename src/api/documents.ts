import { type DocumentNode, GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'

/** By text. What is remembered is bounded: its number, and the length of each text and of all together. */
const byText = <T extends object>() =>
  new LRUCache<string, T>({
    max: 1_000,
    maxSize: 4_000_000,
    maxEntrySize: 100_000,
    sizeCalculation: (_, text) => text.length + 1,
  })

/**
 * What Yoga keeps of documents. Those that cannot be parsed are not kept: it would tell a kept error without its code to
 * whoever comes after a WebSocket.
 */
export const documentCaches = () => ({
  documentCache: byText<DocumentNode>(),
  errorCache: { get: () => undefined, set: () => undefined },
})

export interface Documents {
  /** The document of a text; null when it cannot be parsed, is not valid, or is too much. */
  good: (text: string) => DocumentNode | null
  /** What is wrong with one that is not good. */
  problems: (text: string) => readonly GraphQLError[]
}

/** Remembers which documents are good, so that those are neither parsed nor validated again. */
export function createDocuments(
  parse: (text: string) => DocumentNode,
  validate: (document: DocumentNode) => readonly GraphQLError[],
): Documents {
  const known = byText<{ document: DocumentNode | null }>()

  function look(text: string): { document: DocumentNode | null; problems: readonly GraphQLError[] } {
    try {
      const document = parse(text)
      const problems = validate(document)
      return { document: problems.length ? null : document, problems }
    } catch (error) {
      if (error instanceof GraphQLError) return { document: null, problems: [error] }
      throw error
    }
  }

  return {
    good(text) {
      const found = known.get(text)
      if (found) return found.document
      const { document } = look(text)
      known.set(text, { document })
      return document
    },
    problems: text => look(text).problems,
  }
}
