import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

// Pictures for tests, good and bad.

const red = { r: 200, g: 30, b: 30 }
export const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: red } })

/** A JPEG that a camera held upright took lying down, with the place where it was taken. */
export const fromCamera = (): Promise<Buffer> =>
  picture(800, 400)
    .withExif({ IFD0: { Orientation: '6', Copyright: 'Ann' }, IFD3: { GPSLatitude: '55/1 45/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  crc.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, crc])
}

/** A PNG of any size in a few kilobytes: all of its rows are alike, so that they pack to nothing. `rows`: how many are there. */
export function bomb(width: number, height: number, rows = 50): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const pixels = deflateSync(Buffer.alloc((width * 3 + 1) * rows), { level: 9 })
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}
