// How long one file plays, asked for by duration.ts. It runs as it stands, so it is no TypeScript: threads do not know tsx.
import { parentPort, workerData } from 'node:worker_threads'
import { parseFromTokenizer } from 'music-metadata'
import { fromFile } from 'strtok3'

const { path, mostBytes } = workerData
const tokenizer = await fromFile(path)

/** Parsers believe a file that says how large its parts are: they get no memory for one that is larger than this. */
const bounded = read => (bytes, options) => {
  if (bytes.length > mostBytes) throw new Error('a part of the file is too large')
  return read.call(tokenizer, bytes, options)
}
tokenizer.readBuffer = bounded(tokenizer.readBuffer)
tokenizer.peekBuffer = bounded(tokenizer.peekBuffer)

const { format } = await parseFromTokenizer(tokenizer, { duration: true, skipCovers: true })
parentPort?.postMessage(format.duration ?? null)
