/** Texts as a WebSocket server sends them (RFC 6455), one after the other: each a whole frame, not masked. */
export function textFrames(texts: readonly string[]): Buffer {
  const lengths = texts.map(text => Buffer.byteLength(text))
  const all = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + headOf(length) + length, 0))
  let at = 0
  for (const [i, text] of texts.entries()) {
    const length = lengths[i] ?? 0
    at = writeHead(all, at, length)
    at += all.write(text, at)
  }
  return all
}

const finalText = 0x81

const headOf = (length: number) => (length < 126 ? 2 : length > 0xffff ? 10 : 4)

/** Gives where the head ends. */
function writeHead(to: Buffer, at: number, length: number): number {
  to[at] = finalText
  if (length < 126) return to.writeUInt8(length, at + 1)
  const long = length > 0xffff
  to[at + 1] = long ? 127 : 126
  return long ? to.writeBigUInt64BE(BigInt(length), at + 2) : to.writeUInt16BE(length, at + 2)
}
