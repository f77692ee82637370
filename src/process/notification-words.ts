import type { NotificationKind } from '../domain/notification/events.ts'
import type { Language } from './letters.ts'

const words: Record<NotificationKind, Record<Language, (by: string) => string>> = {
  MENTIONED: { en: by => `${by} mentioned you`, ru: by => `${by} упоминает вас` },
  COMPANY_JOINED: { en: () => 'You are in a company now', ru: () => 'Вы теперь в компании' },
  COMPANY_LEFT: { en: () => 'You are not in a company any more', ru: () => 'Вы больше не в компании' },
  COMPANY_ROLE_CHANGED: { en: () => 'Your role in a company changed', ru: () => 'Ваша роль в компании изменилась' },
  PASSWORD_CHANGED: { en: () => 'Your password was changed', ru: () => 'Ваш пароль изменён' },
}

const somebody = { en: 'Somebody', ru: 'Кто-то' }

/** What a notification says, in one line. `by`: the name of who did it. */
export const titleOf = (kind: NotificationKind, language: Language, by: string | null): string =>
  words[kind][language](by ?? somebody[language])
