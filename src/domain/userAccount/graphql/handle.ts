import { randomInt } from 'node:crypto'

const cyrillic: Record<string, string> = Object.fromEntries(
  'а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:sch ъ: ы:y ь: э:e ю:yu я:ya'
    .split(' ')
    .map(pair => pair.split(':') as [string, string]),
)

/** A handle from a name: `Anna Müller` -> `anna.muller`; after the first try with a number, because it may be taken. */
export function deriveHandle(displayName: string, tries: number): string {
  const plain = [...displayName.toLowerCase()].map(c => cyrillic[c] ?? c).join('')
  const base = plain
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.+|\.+$/g, '')
    .slice(0, 24)
  const handle = base.length >= 3 ? base : `user${base}`
  return tries === 0 && base.length >= 3 ? handle : `${handle}${randomInt(10 ** Math.min(2 + tries, 6))}`
}
