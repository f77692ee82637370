import { fileTypeFromFile } from 'file-type'
import { Busy, type Finding, type Media } from '../../port/media.ts'
import { durationOf, plays } from './duration.ts'
import { isPicture, pictureOf } from './pictures.ts'
import { readThrough } from './read.ts'
import { fits, isAnything, isText, nameOf } from './types.ts'

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
        return await inspect(path, said)
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free++
      }
    },
  }
}

const bad = (reason: string): Finding => ({ good: false, reason })

async function inspect(path: string, said: { contentType: string; sha256: string | null }): Promise<Finding> {
  const { sha256, text } = await readThrough(path)
  if (said.sha256 !== null && said.sha256 !== sha256)
    return bad('Its SHA-256 is not the one that was announced: something was lost on the way.')
  const file = { good: true, contentType: said.contentType, sha256, ...noPicture, durationMs: null } as const
  if (isAnything(said.contentType)) return file
  if (isText(said.contentType))
    return text ? file : bad(`It was announced as ${said.contentType} and is no text: text is UTF-8 here.`)
  const seen = (await fileTypeFromFile(path).catch(() => undefined))?.mime ?? null
  if (!fits(said.contentType, seen))
    return bad(`It was announced as ${said.contentType} and ${seen ? `is ${seen}` : 'is something else'}.`)
  const contentType = nameOf(said.contentType, seen)
  if (plays(contentType)) return { ...file, contentType, durationMs: await durationOf(path) }
  if (!isPicture(contentType)) return { ...file, contentType }
  const picture = await pictureOf(path)
  if (picture === 'too large') return bad('The picture has more than 50 million pixels.')
  return picture ? { ...file, ...picture, contentType } : bad('The picture is broken: it cannot be read to its end.')
}

const noPicture = { width: null, height: null, previewHash: null, thumbnail: null }
