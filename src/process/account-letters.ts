import type { TokenPurpose } from '../port/account-mails.ts'
import type { Language, Letter } from './letters.ts'

// No names in these: whoever registers an address that is not theirs must not write to its owner by them.

const foot = {
  en: 'You get this mail because somebody gave this address at WellWon. If it was not you, do nothing.',
  ru: 'Вы получили это письмо, потому что кто-то указал этот адрес в WellWon. Если это были не вы, ничего делать не нужно.',
}

const words: Record<TokenPurpose, Record<Language, { subject: string; line: string; link: string }>> = {
  VERIFY_EMAIL: {
    en: {
      subject: 'Confirm your e-mail address',
      line: 'Please confirm that this address is yours. The link is good for 24 hours.',
      link: 'Confirm the address',
    },
    ru: {
      subject: 'Подтвердите адрес электронной почты',
      line: 'Пожалуйста, подтвердите, что это ваш адрес. Ссылка действует 24 часа.',
      link: 'Подтвердить адрес',
    },
  },
  RESET_PASSWORD: {
    en: {
      subject: 'Choose a new password',
      line: 'Here you can choose a new password. The link is good for 30 minutes and for one time.',
      link: 'Choose a new password',
    },
    ru: {
      subject: 'Новый пароль',
      line: 'Здесь можно задать новый пароль. Ссылка действует 30 минут и только один раз.',
      link: 'Задать новый пароль',
    },
  },
}

const paths: Record<TokenPurpose, string> = { VERIFY_EMAIL: 'verify-email', RESET_PASSWORD: 'reset-password' }

/** The mail that carries a token. The token stands behind a `#`: browsers do not send it on to servers. */
export function tokenLetter(purpose: TokenPurpose, language: Language, appUrl: string, token: string): Letter {
  const { subject, line, link } = words[purpose][language]
  const url = `${appUrl}/${paths[purpose]}#token=${token}`
  return { subject, lines: [line], link: { text: link, url }, foot: foot[language] }
}
