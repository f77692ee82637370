import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Inn, isInn, isKpp, isOgrn, isSoleTrader } from '../../src/domain/company/commands/index.ts'

const good = {
  inn: ['7707083893', '7728168971', '7736050003', '500100732259', '366216635547'],
  ogrn: ['1027700132195', '1027700067328', '304500116000157', '304463210700212'],
  kpp: ['773601001', '770701001', '997950001', '7736AB001'],
}
/** Every number that differs from this one in one digit. */
const oneOff = (number: string): string[] =>
  [...number].flatMap((digit, i) =>
    [...'0123456789']
      .filter(other => other !== digit)
      .map(other => `${number.slice(0, i)}${other}${number.slice(i + 1)}`),
  )
const never = [
  '',
  ' ',
  '0',
  'x',
  '77070838',
  '77070838931',
  '7707083 93',
  '770708389З',
  '７７０７０８３８９３',
  '-707083893',
  '7.7e9',
]

describe('INN', () => {
  test.each(good.inn)('%s', inn => expect(isInn(inn)).toBe(true))
  test.each(good.inn)('the last digit of %s can be no other', inn => {
    expect(oneOff(inn).filter(other => other.slice(0, -1) === inn.slice(0, -1) && isInn(other))).toEqual([])
  })
  test.each([
    ...never,
    ...good.ogrn,
    '0000000000',
    '000000000000',
    '7707083893\n',
    '7707083894',
    '500100732258',
    '500100732249',
  ])('not %j', text => expect(isInn(text)).toBe(false))
  test('of each nine digits, one tenth one fits', () => {
    const nine = fc.integer({ min: 1, max: 999_999_999 }).map(n => String(n).padStart(9, '0'))
    fc.assert(fc.property(nine, of => [...'0123456789'].filter(d => isInn(`${of}${d}`)).length === 1))
    const ten = fc.integer({ min: 1, max: 9_999_999_999 }).map(n => String(n).padStart(10, '0'))
    const two = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'))
    fc.assert(fc.property(ten, of => two.filter(d => isInn(`${of}${d}`)).length === 1))
  })
  test('spaces around it are not of it, spaces in it are refused', () => {
    expect(Inn.parse(' 7707083893 ')).toBe('7707083893')
    expect(Inn.safeParse('77 07 083893').success).toBe(false)
  })
})

describe('OGRN', () => {
  test.each(good.ogrn)('%s', ogrn => expect(isOgrn(ogrn)).toBe(true))
  test.each(good.ogrn)('the last digit of %s can be no other', ogrn => {
    expect(oneOff(ogrn).filter(other => other.slice(0, -1) === ogrn.slice(0, -1) && isOgrn(other))).toEqual([])
  })
  test.each([...never, ...good.inn, '0000000000000', '000000000000000', '1027700132196', '304500116000158'])(
    'not %j',
    text => expect(isOgrn(text)).toBe(false),
  )
})

describe('KPP', () => {
  test.each(good.kpp)('%s', kpp => expect(isKpp(kpp)).toBe(true))
  test.each([...never, '77360100', '7736010011', '77a601001', '7736ab001', '7736АБ001', '000000000'])('not %j', text =>
    expect(isKpp(text)).toBe(false),
  )
})

test('twelve and fifteen digits are of people', () => {
  expect([...good.inn, ...good.ogrn].map(isSoleTrader)).toEqual([
    false,
    false,
    false,
    true,
    true,
    false,
    false,
    true,
    true,
  ])
})
