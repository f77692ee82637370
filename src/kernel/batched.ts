type Run<Value> = (keys: string[]) => Promise<Map<string, Value>>

/**
 * Answers many calls of one turn with one run, which begins after them all: what it reads is never older than the call. For
 * what does not depend on who asks. The run has a value for each key; a call gets those of its keys, in their order.
 * `most`: a run of so many keys takes no more calls; the next has another.
 */
export function batched<Value>(
  run: Run<Value>,
  most = Number.POSITIVE_INFINITY,
): (keys: readonly string[]) => Promise<Value[]> {
  let next: { keys: Set<string>; values: Promise<Map<string, Value>> } | null = null
  return async keys => {
    if (!next || next.keys.size >= most) {
      const all = new Set<string>()
      const values = new Promise<void>(resolve => setImmediate(resolve)).then(() => {
        if (next?.keys === all) next = null
        return run([...all])
      })
      next = { keys: all, values }
    }
    for (const key of keys) next.keys.add(key)
    const values = await next.values
    return keys.map(key => values.get(key) as Value)
  }
}

/** The same for calls of one key each. */
export function batchedOne<Value>(run: Run<Value>, most?: number): (key: string) => Promise<Value> {
  const ask = batched(run, most)
  return async key => (await ask([key]))[0] as Value
}
