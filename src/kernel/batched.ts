/**
 * Answers many calls of one turn with one run, which begins after them all: what it reads is never older than the call. For
 * what does not depend on who asks. The run has a value for each key.
 */
export function batched<Value>(run: (keys: string[]) => Promise<Map<string, Value>>): (key: string) => Promise<Value> {
  let next: { keys: Set<string>; values: Promise<Map<string, Value>> } | null = null
  return async key => {
    if (!next) {
      const keys = new Set<string>()
      const values = new Promise<void>(resolve => setImmediate(resolve)).then(() => {
        next = null
        return run([...keys])
      })
      next = { keys, values }
    }
    next.keys.add(key)
    return (await next.values).get(key) as Value
  }
}
