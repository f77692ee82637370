/**
 * Answers many calls of one turn with one run, which begins after them all: what it reads is never older than the call. For
 * what does not depend on who asks. The run has a value for each key. `most`: so many keys in one run; what is more has another.
 */
export function batched<Value>(
  run: (keys: string[]) => Promise<Map<string, Value>>,
  most = Number.POSITIVE_INFINITY,
): (key: string) => Promise<Value> {
  let next: { keys: Set<string>; values: Promise<Map<string, Value>> } | null = null
  return async key => {
    if (!next || next.keys.size >= most) {
      const keys = new Set<string>()
      const values = new Promise<void>(resolve => setImmediate(resolve)).then(() => {
        if (next?.keys === keys) next = null
        return run([...keys])
      })
      next = { keys, values }
    }
    next.keys.add(key)
    return (await next.values).get(key) as Value
  }
}
