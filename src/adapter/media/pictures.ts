import sharp, { type Sharp } from 'sharp'

// libvips reads formats by the dozen, some of them by programs that were not made for strangers' files: only these are let in.
const read = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map(name => `VipsForeignLoad${name}`)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: read })
sharp.cache(false)
sharp.concurrency(1)

const shown = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'])
/** Whether it is a picture that browsers show, and that thumbnails are made of. */
export const isPicture = (type: string): boolean => shown.has(type)

const maxPixels = 50_000_000
const options = { limitInputPixels: maxPixels, sequentialRead: true, failOn: 'error', autoOrient: true } as const

export interface Picture {
  width: number
  height: number
  thumbnail: Buffer
  previewHash: string
}

/**
 * The size of a picture as it is shown, and small ones of it without what the camera wrote into it (the place, say). Of an
 * animated one the first frame. Null: it cannot be read.
 */
export async function pictureOf(path: string): Promise<Picture | 'too large' | null> {
  try {
    const { width, height, autoOrient } = await sharp(path, { ...options, limitInputPixels: false }).metadata()
    if (width * height > maxPixels) return 'too large'
    const thumbnail = await small(sharp(path, options), 320, 75)
    const preview = await small(sharp(thumbnail), 16, 30)
    const previewHash = `data:image/webp;base64,${preview.toString('base64')}`
    return { width: autoOrient.width, height: autoOrient.height, thumbnail, previewHash }
  } catch {
    return null // what libvips says of broken bytes is for nobody
  }
}

const small = (of: Sharp, side: number, quality: number): Promise<Buffer> =>
  of
    .timeout({ seconds: 10 })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality })
    .toBuffer()
