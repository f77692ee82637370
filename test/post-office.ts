import type { AddressInfo, Socket } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A mail as the server got it: what the envelope says, and what is in it. */
export interface Received {
  to: string[]
  secure: boolean
  user: string | undefined
  mail: Email
}

/** How the server treats the next mail: takes it, refuses it at a step with a code, cuts the line, or never answers. */
export type Treatment =
  | 'take'
  | { at: 'greeting' | 'sender' | 'recipient' | 'data'; code: number }
  | { at: 'recipient' | 'data'; cut: true }
  | { at: 'greeting' | 'recipient' | 'data'; silent: true }

/** A real SMTP server on 127.0.0.1. `next` holds how mails are treated, in order; then all are taken. */
export async function openPostOffice(options: SMTPServerOptions = {}, host = '127.0.0.1') {
  const received: Received[] = []
  const next: Treatment[] = []
  const sockets = new Set<Socket>()
  let tries = 0
  const refusal = (code: number) =>
    Object.assign(new Error('no, and ann@example.org is to blame'), { responseCode: code })

  /** Does what is wanted at this step; `go` goes on, or refuses. */
  function treat(at: string, go: (error?: Error | null) => void): void {
    const treatment = next[0]
    const here = treatment !== undefined && treatment !== 'take' && treatment.at === at
    if (treatment && (here || at === 'data')) next.shift()
    if (!here) go()
    else if ('code' in treatment) go(refusal(treatment.code))
    else if ('cut' in treatment) for (const socket of sockets) socket.destroy()
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 10,
    onAuth: ({ username }, _, done) => done(null, { user: username }),
    onConnect: (_, done) => treat('greeting', done),
    onMailFrom: (_, __, done) => {
      tries++
      treat('sender', done)
    },
    onRcptTo: (_, __, done) => treat('recipient', done),
    onData: async (stream, session, done) => {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk as Buffer)
      const to = session.envelope.rcptTo.map(({ address }) => address)
      const mail = await PostalMime.parse(Buffer.concat(chunks))
      treat('data', error => {
        if (!error) received.push({ to, secure: session.secure, user: session.user, mail })
        done(error)
      })
    },
    ...options,
  })
  server.on('error', () => undefined) // cut lines are what is wanted
  server.server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => void server.listen(0, host, resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://${host}:${port}`,
    received,
    next,
    /** How often a mail was begun. */
    tries: () => tries,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}
