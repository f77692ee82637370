import { supportedMimeTypes } from 'file-type'

/** Names of one thing: the first is what we call it. */
const families: readonly (readonly string[])[] = [
  ['image/jpeg', 'image/jpg', 'image/pjpeg'],
  ['image/png', 'image/apng', 'image/x-png', 'image/vnd.mozilla.apng'],
  ['image/bmp', 'image/x-bmp', 'image/x-ms-bmp'],
  ['image/x-icon', 'image/vnd.microsoft.icon'],
  ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  ['image/vnd.dwg', 'application/acad', 'application/x-acad', 'application/dwg', 'image/x-dwg'],
  ['image/vnd.adobe.photoshop', 'application/x-photoshop'],
  [
    'video/mp4',
    'audio/mp4',
    'audio/x-m4a',
    'audio/m4a',
    'video/x-m4v',
    'video/quicktime',
    'video/3gpp',
    'video/3gpp2',
    'audio/3gpp',
  ],
  ['video/matroska', 'video/x-matroska', 'audio/x-matroska', 'video/webm', 'audio/webm'],
  ['video/ogg', 'audio/ogg', 'application/ogg', 'audio/opus', 'audio/ogg; codecs=opus'],
  ['audio/mpeg', 'audio/mp3', 'audio/mpeg3', 'audio/x-mp3', 'video/mpeg'],
  ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  ['audio/flac', 'audio/x-flac'],
  ['audio/aac', 'audio/x-aac', 'audio/aacp'],
  ['audio/midi', 'audio/mid', 'audio/x-midi'],
  ['video/vnd.avi', 'video/x-msvideo', 'video/avi'],
  ['application/vnd.ms-asf', 'video/x-ms-asf', 'audio/x-ms-asf', 'video/x-ms-wmv', 'audio/x-ms-wma'],
  ['application/gzip', 'application/x-gzip', 'application/x-compressed-tar', 'application/x-tgz'],
  ['application/x-rar-compressed', 'application/vnd.rar', 'application/x-rar'],
  ['application/x-bzip2', 'application/x-bzip'],
  ['application/x-msdownload', 'application/x-msdos-program', 'application/vnd.microsoft.portable-executable'],
  ['application/rtf', 'text/rtf'],
  ['application/postscript', 'application/eps', 'application/illustrator'],
  ['application/pdf', 'application/x-pdf', 'application/illustrator'],
]
const zips =
  /^application\/(zip|x-zip(-compressed)?|epub\+zip|java-archive|vnd\.(openxmlformats-|oasis\.opendocument\.|android\.package|ms-[\w-]+\..*macroenabled|ms-xpsdocument|apple\.|sketchup)|x-xpinstall).*$|^model\/3mf$/
const oles = /^application\/(x-cfb|msword|vnd\.ms-(?!asf)[\w.-]+|vnd\.visio|x-msi|x-ole-storage)$/

/** Types of text: they have no mark at their beginning, but every byte of them can be checked. */
const text =
  /^text\/(?!rtf)|^application\/(json|xml|javascript|ecmascript|x-javascript|yaml|x-yaml|toml|sql|x-sh|graphql|x-ndjson|ld\+json)$|\+(xml|json|yaml)$/

export const isText = (type: string): boolean => text.test(type)
/** Anything: whoever says this claims nothing, and gets it back as this. */
export const isAnything = (type: string): boolean => type === 'application/octet-stream'

const namesOf = (type: string) => families.filter(names => names.includes(type))
const known = new Set([...supportedMimeTypes, ...families.flat()])

/** Whether bytes that look like `seen` (null: like nothing that is known) may be called `said`. */
export function fits(said: string, seen: string | null): boolean {
  if (seen === null) return !known.has(said) && !/^(image|audio|video|font)\//.test(said)
  if (said === seen || namesOf(said).some(names => names.includes(seen))) return true
  return [zips, oles].some(container => container.test(said) && container.test(seen))
}

/** What a picture is called; other things are called as their sender does. */
export const nameOf = (said: string, seen: string | null): string =>
  seen?.startsWith('image/') ? (namesOf(seen)[0]?.[0] ?? seen) : said
