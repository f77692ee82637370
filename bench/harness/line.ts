import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { freshUuid } from './http.ts'

export interface Answer {
  status: number
  /** Head and body. */
  text: string
}

export interface Line {
  send: (text: string) => Promise<Answer>
  close: () => void
}

/** One HTTP request at a time over one connection. */
export async function open(port: number): Promise<Line> {
  const socket: Socket = connect(port, '127.0.0.1').setNoDelay(true)
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let text = ''
  let done: (answer: Answer) => void = () => undefined
  let broken: (error: Error) => void = () => undefined
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text += chunk
    const head = text.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1]
    const whole = length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= head + 4 + Number(length)
    if (!whole) return
    const all = text
    text = ''
    done({ status: Number(all.slice(9, 12)), text: all })
  })
  socket.on('error', error => broken(error))
  socket.on('close', () => broken(new Error('the connection was closed')))
  return {
    close: () => socket.destroy(),
    send: request =>
      new Promise((resolve, reject) => {
        ;[done, broken] = [resolve, reject]
        socket.write(request.includes(freshUuid) ? request.replace(freshUuid, randomUUID()) : request)
      }),
  }
}
