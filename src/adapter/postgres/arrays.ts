// Arrays as PostgreSQL reads them in binary: neither side has to write or to parse text, and nothing is escaped.

/** Types of elements by their name, with the number that PostgreSQL knows each by. */
const oids = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, text: 25, uuid: 2950 } as const

/** An array for a parameter: its type, and its elements as what that type is here (`bytea` is a Buffer, numbers are safe integers). */
export type SqlArray =
  | { type: 'bool'; values: readonly (boolean | null)[] }
  | { type: 'bytea'; values: readonly (Buffer | null)[] }
  | { type: 'int2' | 'int4' | 'int8'; values: readonly (number | null)[] }
  | { type: 'text' | 'uuid'; values: readonly (string | null)[] }

const head = 20

export function toBinary({ type, values }: SqlArray): Buffer {
  const out = Buffer.allocUnsafe(values.reduce<number>((sum, value) => sum + 4 + sizeOf(type, value), head))
  out.writeInt32BE(1, 0) // dimensions
  out.writeInt32BE(values.includes(null as never) ? 1 : 0, 4)
  out.writeInt32BE(oids[type], 8)
  out.writeInt32BE(values.length, 12)
  out.writeInt32BE(1, 16) // its first index
  let at = head
  for (const value of values) {
    const size = sizeOf(type, value)
    at = out.writeInt32BE(value === null ? -1 : size, at)
    if (value !== null) write(out, at, type, value)
    at += size
  }
  return out
}

type Value = SqlArray['values'][number]

const sizes = { bool: 1, int2: 2, int4: 4, int8: 8, uuid: 16 } as const

function sizeOf(type: SqlArray['type'], value: Value): number {
  if (value === null) return 0
  return type === 'text' || type === 'bytea' ? Buffer.byteLength(value as string | Buffer) : sizes[type]
}

function write(out: Buffer, at: number, type: SqlArray['type'], value: Exclude<Value, null>): void {
  if (typeof value === 'string') {
    if (type === 'uuid') writeUuid(out, at, value)
    else out.write(value, at)
  } else if (typeof value === 'boolean') out[at] = value ? 1 : 0
  else if (typeof value !== 'number') value.copy(out, at)
  else if (type === 'int2') out.writeInt16BE(value, at)
  else if (type === 'int4') out.writeInt32BE(value, at)
  else {
    out.writeInt32BE(Math.floor(value / 2 ** 32), at)
    out.writeUInt32BE(value >>> 0, at + 4)
  }
}

/** Throws for what is no UUID: the server would read other bytes than were meant. */
function writeUuid(out: Buffer, at: number, uuid: string): void {
  const hex = uuid.replaceAll('-', '')
  if (hex.length !== 32 || out.write(hex, at, 16, 'hex') !== 16) throw new Error(`${uuid} is no UUID`)
}
