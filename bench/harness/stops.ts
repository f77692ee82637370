/** What has to be ended, the last thing first. */
export interface Stops {
  add: (stop: () => unknown) => void
  /** Ends all of it, whatever fails on the way; says what did. */
  run: () => Promise<void>
}

export function createStops(): Stops {
  const stops: (() => unknown)[] = []
  return {
    add: stop => void stops.push(stop),
    async run() {
      for (let stop = stops.pop(); stop; stop = stops.pop())
        await Promise.resolve(stop()).catch(error => console.error('could not be ended:', error))
    },
  }
}
