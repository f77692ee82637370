import { Busy, type Media } from '../../port/media.ts'

const atOnce = 2
const maxWaiting = 200

/** Looks into two files at a time, off the event loop: by libuv and libvips. */
export function inspector(): Media {
  const waiting: (() => void)[] = []
  let free = atOnce

  return {
    async inspect(path, said) {
      if (waiting.length >= maxWaiting) throw new Busy('too many files wait to be looked into')
      if (free > 0) free--
      else await new Promise<void>(resolve => waiting.push(resolve))
      try {
        // What reads pictures is large: it is loaded with the first file.
        const { lookInto } = await import('./look-into.ts')
        return await lookInto(path, said)
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free++
      }
    },
  }
}
