import type { Mail } from '../port/mail.ts'

/** The languages that mails are written in. */
export type Language = 'en' | 'ru'

/** That of a locale such as `ru-RU`; English for all that we do not speak. */
export const languageOf = (locale: string | null): Language => (/^ru\b/i.test(locale ?? '') ? 'ru' : 'en')

/** What a mail says, before it has a form. Nothing in it is escaped. */
export interface Letter {
  subject: string
  lines: readonly string[]
  link?: { text: string; url: string }
  /** Why one gets it, in small print. */
  foot: string
}

/** A letter as plain text and as simple HTML. */
export function written(to: string, { subject, lines, link, foot }: Letter): Omit<Mail, 'id'> {
  const text = [...lines, ...(link ? [`${link.text}:\n${link.url}`] : []), `-- \n${foot}`].join('\n\n')
  const paragraphs = lines.map(line => `<p>${escaped(line).replaceAll('\n', '<br>')}</p>`)
  const button = link ? [`<p><a href="${escaped(link.url)}">${escaped(link.text)}</a></p>`] : []
  const small = `<p style="color:#666"><small>${escaped(foot)}</small></p>`
  return { to, subject, text: `${text}\n`, html: [...paragraphs, ...button, small].join('\n') }
}

const marks: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, mark => marks[mark] ?? mark)
