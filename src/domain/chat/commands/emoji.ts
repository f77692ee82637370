import { z } from 'zod'

const sets: string = 'v' // a flag of a later year's language than TypeScript is told; Node has it
const recommended = new RegExp('^\\p{RGI_Emoji}$', sets)
/** What makes a sign that can be text, such as the heart, a picture. */
const asPicture = '\ufe0f'

/** One emoji, as Unicode recommends it to be sent, in its one full spelling; null for anything else. */
export function emojiOf(text: string): string | null {
  if (text.length > 64) return null
  return [text, `${text}${asPicture}`].find(spelling => recommended.test(spelling)) ?? null
}

export const Emoji = z.string().transform((text, { addIssue }) => {
  const emoji = emojiOf(text)
  if (emoji === null) addIssue({ code: 'custom', message: 'It is not one emoji.' })
  return emoji ?? z.NEVER
})
