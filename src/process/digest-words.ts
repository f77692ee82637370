import type { NotificationKind } from '../domain/notification/events.ts'
import type { Language } from './letters.ts'
import { titleOf } from './notification-words.ts'

/** An unread message, with as much of its text as a mail shows. */
export interface Unread {
  id: string
  chatId: string
  authorId: string
  body: string | null
  mentioned: boolean
  title: string | null
}

const cut = (text: string) => [...text].slice(0, 300).join('')

export const lineOfNotice = (kind: NotificationKind, language: Language, by: string | null, text: string | null) =>
  text ? `${titleOf(kind, language, by)}:\n${cut(text)}` : titleOf(kind, language, by)

/** A paragraph a chat: how many messages, and the last three of them. */
export function linesOfChats(
  said: readonly Unread[],
  language: Language,
  names: ReadonlyMap<string, string>,
): readonly string[] {
  const { somebody, files, chat } = digestWords[language]
  const by = (m: Unread) => names.get(m.authorId) ?? somebody
  return [...new Set(said.map(m => m.chatId))].map(chatId => {
    const messages = said.filter(m => m.chatId === chatId)
    const title = messages[0]?.title ?? [...new Set(messages.map(by))].slice(0, 3).join(', ')
    const last = messages.slice(-3).map(m => `${by(m)}: ${m.body ? cut(m.body) : files}`)
    return [`${chat(title, messages.length)}:`, ...last].join('\n')
  })
}

export const digestWords = {
  en: {
    subject: (notices: number, messages: number) =>
      [
        ...(notices ? [`${notices} new notification${notices === 1 ? '' : 's'}`] : []),
        ...(messages ? [`${messages} unread message${messages === 1 ? '' : 's'}`] : []),
      ].join(', '),
    chat: (title: string, n: number) => `${title} (${n < 100 ? n : '100+'})`,
    somebody: 'Somebody',
    files: '[files]',
    link: 'Open WellWon',
    foot: 'You get this mail because you have not read this yet. Where you hear of what is yours to choose: updateNotificationPreferences.',
  },
  ru: {
    subject: (notices: number, messages: number) =>
      [
        ...(notices ? [`Новых уведомлений: ${notices}`] : []),
        ...(messages ? [`непрочитанных сообщений: ${messages}`] : []),
      ].join(', '),
    chat: (title: string, n: number) => `${title} (${n < 100 ? n : '100+'})`,
    somebody: 'Кто-то',
    files: '[файлы]',
    link: 'Открыть WellWon',
    foot: 'Вы получили это письмо, потому что ещё не прочли это. Куда присылать уведомления, выбираете вы: updateNotificationPreferences.',
  },
}
