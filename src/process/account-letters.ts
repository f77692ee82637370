import type { TokenPurpose } from '../port/account-mails.ts'
import type { Language, Letter } from './letters.ts'

// No names in the first two: whoever registers an address that is not theirs must not write to its owner by them.

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

/** A name as a stranger may be shown it: short, and left out when it holds an address, so that no invitation advertises. */
export function shownName(name: string): string | null {
  const one = name.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
  const isAddress = /:\/\/|@|[\p{L}\p{N}-]{2,}\.[\p{L}]{2,}|\S\.\S+\//u.test(one)
  if (!one || isAddress) return null
  const letters = [...one]
  return letters.length > 60 ? `${letters.slice(0, 60).join('')}…` : one
}

/** Asks somebody, who need not have an account, to join a company. */
export function invitationLetter(
  language: Language,
  appUrl: string,
  token: string,
  of: { companyName: string; inviter: { name: string } | null },
): Letter {
  const company = shownName(of.companyName)
  const inviter = of.inviter && shownName(of.inviter.name)
  const url = `${appUrl}/join#token=${token}`
  if (language === 'ru')
    return {
      subject: 'Приглашение в компанию в WellWon',
      lines: [
        `${inviter ?? 'Вас'} ${inviter ? 'приглашает вас' : 'приглашают'} в компанию${company ? ` «${company}»` : ''} в WellWon. Приглашение действует семь дней и только для этого адреса.`,
      ],
      link: { text: 'Вступить в компанию', url },
      foot: 'Вы получили это письмо, потому что этот адрес пригласили в WellWon. Если вы этого не ждали, ничего делать не нужно.',
    }
  return {
    subject: 'An invitation to a company at WellWon',
    lines: [
      `${inviter ?? 'Somebody'} invites you to ${company ? `the company "${company}"` : 'a company'} at WellWon. The invitation is good for seven days, and for this address only.`,
    ],
    link: { text: 'Join the company', url },
    foot: 'You get this mail because this address was invited at WellWon. If you did not expect it, do nothing.',
  }
}
