import { z } from 'zod'

// Numbers of the Russian registers. Each ends in check digits, so that a slip of the finger is found at the door.

/** Digits weighted, modulo 11, modulo 10: how the tax office checks an INN. */
const weighed = (digits: string, weights: readonly number[]): number =>
  (weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0) % 11) % 10

const forCompanies = [2, 4, 10, 3, 5, 9, 4, 6, 8]
const forPeople = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]

/** Whether this is an INN: 10 digits of a company, 12 of a sole trader, with their check digits; not zeros only. */
export function isInn(text: string): boolean {
  if (!/^(\d{10}|\d{12})$/.test(text) || /^0+$/.test(text)) return false
  if (text.length === 10) return weighed(text, forCompanies) === Number(text[9])
  return weighed(text, forPeople) === Number(text[10]) && weighed(text, [3, ...forPeople]) === Number(text[11])
}

/** Whether this is an OGRN: 13 digits of a company, 15 of a sole trader; the last checks the others. Not zeros only. */
export function isOgrn(text: string): boolean {
  if (!/^(\d{13}|\d{15})$/.test(text) || /^0+$/.test(text)) return false
  const last = text.length - 1
  return (Number(text.slice(0, last)) % (last - 1)) % 10 === Number(text[last])
}

/** Whether this is a KPP: tax office (4 digits), reason (2 digits or letters A-Z), number (3 digits). It has no check digit. */
export const isKpp = (text: string): boolean => /^\d{4}[\dA-Z]{2}\d{3}$/.test(text) && !/^0+$/.test(text)

/** Whether an INN or an OGRN is of a sole trader. */
export const isSoleTrader = (number: string): boolean => number.length === 12 || number.length === 15

export const Inn = z
  .string()
  .trim()
  .refine(
    isInn,
    'This is not an INN: 10 digits of a company or 12 of a sole trader, and the last ones check the others.',
  )
export const Ogrn = z
  .string()
  .trim()
  .refine(isOgrn, 'This is not an OGRN: 13 digits of a company or 15 of a sole trader, and the last checks the others.')
export const Kpp = z.string().trim().refine(isKpp, 'This is not a KPP: 9 characters, such as 770701001.')
