/** A text as a WebSocket server sends it (RFC 6455): one whole frame, not masked. */
export function textFrame(...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([head(length), ...parts])
}

const finalText = 0x81

function head(length: number): Buffer {
  if (length < 126) return Buffer.from([finalText, length])
  const long = length > 0xffff
  const bytes = Buffer.alloc(long ? 10 : 4)
  bytes[0] = finalText
  bytes[1] = long ? 127 : 126
  if (long) bytes.writeBigUInt64BE(BigInt(length), 2)
  else bytes.writeUInt16BE(length, 2)
  return bytes
}
