/** What bytes turned out to be. */
export type Finding =
  | {
      good: true
      /** What it is served as: never a type that it is not. */
      contentType: string
      /** Hexadecimal. */
      sha256: string
      /** Of pictures, in pixels, as they are shown (turned as the camera said). */
      width: number | null
      height: number | null
      /** Of sound and of video, in milliseconds; null when the bytes do not tell. */
      durationMs: number | null
      /** A picture so small that it fits into a row: a `data:` URL, to be shown until the real one is there. */
      previewHash: string | null
      /** A WebP of at most 320 pixels a side. */
      thumbnail: Uint8Array | null
    }
  | { good: false; reason: string }

/** Looks into files. It takes few at a time and lets the others wait. */
export interface Media {
  /**
   * What the bytes at a path are, compared with what was said of them. `reason` is told to their owner.
   * @throws when the bytes cannot be read, or when it has too much to do (Busy)
   */
  inspect(path: string, said: { contentType: string; sha256: string | null }): Promise<Finding>
}

/** So many files wait to be looked into that another one is not taken on. */
export class Busy extends Error {
  override name = 'Busy'
}
