// Sounds and films, written by hand: as much of each format as tells how long it plays.

const le32 = (n: number) => Buffer.from([n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255])
const be32 = (n: number) => Buffer.from([(n >> 24) & 255, (n >> 16) & 255, (n >> 8) & 255, n & 255])
const be16 = (n: number) => Buffer.from([(n >> 8) & 255, n & 255])
const bytes = (...parts: (string | number[] | Buffer)[]) =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))

/** Silence of 8,000 samples a second, a byte each. `said`: how long its data says it is. */
export function wav(ms: number, said = ms * 8): Buffer {
  const format = bytes(le32(16), [1, 0, 1, 0], le32(8_000), le32(8_000), [1, 0, 8, 0])
  return bytes('RIFF', le32(36 + ms * 8), 'WAVEfmt ', format, 'data', le32(said), Buffer.alloc(ms * 8, 128))
}

/** Frames of 1,152 samples at 44,100 a second and 128 kbit/s, without a header that counts them. */
export const mp3 = (frames: number): Buffer =>
  Buffer.concat(Array.from({ length: frames }, () => bytes([0xff, 0xfb, 0x90, 0xc4], Buffer.alloc(413))))

/** What stands before sound: a tag with one part, of so many bytes. */
export function id3(size: number): Buffer {
  const part = bytes('PRIV', be32(size - 10), [0, 0], Buffer.alloc(size - 10))
  const seven = [21, 14, 7, 0].map(shift => (size >> shift) & 127)
  return bytes('ID3\u0003\0\0', seven, part)
}

/** 48,000 samples a second. */
export function flac(samples: number): Buffer {
  const rates = (48_000n << 44n) | (1n << 41n) | (15n << 36n) | BigInt(samples)
  const packed = Buffer.alloc(8)
  packed.writeBigUInt64BE(rates)
  return bytes('fLaC', [0x80, 0, 0, 34], be16(4096), be16(4096), Buffer.alloc(6), packed, Buffer.alloc(16))
}

/** Opus: 48,000 samples a second, of which the last page says how many there were. */
export function opus(samples: number): Buffer {
  const page = (flags: number, sequence: number, granule: number, body: Buffer) =>
    bytes('OggS', [0, flags], le32(granule), le32(0), le32(7), le32(sequence), le32(0), [1, body.length], body)
  const head = bytes('OpusHead', [1, 1], [0, 0], le32(48_000), [0, 0, 0])
  const tags = bytes('OpusTags', le32(0), le32(0))
  return bytes(page(2, 0, 0, head), page(0, 1, 0, tags), page(4, 2, samples, Buffer.alloc(20)))
}

const box = (name: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return bytes(be32(body.length + 8), name, body)
}
/** A film with one track of sound: `ms` of it, in thousandths of a second. */
export function mp4(ms: number): Buffer {
  const mdhd = box('mdhd', bytes(be32(0), be32(0), be32(0), be32(1_000), be32(ms), [0x55, 0xc4, 0, 0]))
  const hdlr = box('hdlr', bytes(be32(0), be32(0), 'soun', Buffer.alloc(12), [0]))
  const sample = bytes(Buffer.alloc(6), be16(1), Buffer.alloc(8), be16(2), be16(16), be32(0), be32(44_100 << 16))
  const stsd = box('stsd', bytes(be32(0), be32(1)), box('mp4a', sample))
  const stsz = box('stsz', bytes(be32(0), be32(64), be32(1)))
  const tkhd = box('tkhd', bytes(be32(7), be32(0), be32(0), be32(1), be32(0), be32(ms), Buffer.alloc(60)))
  const track = box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', box('stbl', stsd, stsz))))
  const mvhd = box('mvhd', bytes(be32(0), be32(0), be32(0), be32(1_000), be32(ms), Buffer.alloc(80)))
  return bytes(box('ftyp', bytes('isom', be32(0), 'isommp42')), box('moov', mvhd, track), box('mdat', Buffer.alloc(64)))
}

const element = (id: number[], body: Buffer): Buffer => bytes(id, [0x80 | body.length], body)
/** A film of the web; with null it does not say how long it is, as one that was recorded live. */
export function webm(ms: number | null): Buffer {
  const header = element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], bytes('webm')))
  const long = Buffer.alloc(4)
  long.writeFloatBE(ms ?? 0)
  const scale = element([0x2a, 0xd7, 0xb1], bytes([0x0f, 0x42, 0x40]))
  const info = element([0x15, 0x49, 0xa9, 0x66], bytes(scale, ms === null ? [] : element([0x44, 0x89], long)))
  return bytes(header, element([0x18, 0x53, 0x80, 0x67], info))
}
