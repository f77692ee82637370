import { fileTypeFromFile } from 'file-type'
import type { Finding } from '../../port/media.ts'
import { durationOf, plays } from './duration.ts'
import { isPicture, pictureOf } from './pictures.ts'
import { readThrough } from './read.ts'
import { fits, isAnything, isText, nameOf } from './types.ts'

/** What a file is, whatever it was said to be. */
export async function lookInto(path: string, said: { contentType: string; sha256: string | null }): Promise<Finding> {
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

const bad = (reason: string): Finding => ({ good: false, reason })
