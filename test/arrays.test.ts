import { expect, test } from 'vitest'
import { type SqlArray, toBinary } from '../src/adapter/postgres/arrays.ts'
import { newId } from '../src/kernel/id.ts'
import { asDatabase } from './database-of.ts'
import { freshDatabase } from './fresh.ts'

const arrays: readonly SqlArray[] = [
  { type: 'text', values: ['', 'ёж 😀', '\\ " { , } NULL', null, '\u0001\u0002'] },
  { type: 'uuid', values: [newId(), null, 'FFFFFFFF-ffff-ffff-ffff-ffffffffffff'] },
  { type: 'int8', values: [-1, 0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 32, null] },
  { type: 'int4', values: [-1, 2 ** 31 - 1, -(2 ** 31), null] },
  { type: 'int2', values: [-1, 32_767, null] },
  { type: 'bool', values: [true, false, null] },
  { type: 'bytea', values: [Buffer.from([0, 255, 92]), Buffer.alloc(0), null] },
  { type: 'text', values: [] },
]

test('an array in binary is what it is as text', async () => {
  const { url, drop } = await freshDatabase()
  await asDatabase(url, async query => {
    for (const array of arrays) {
      const text = `select $1::${array.type}[] is not distinct from $2::${array.type}[] as same`
      expect([array.type, await query(text, [toBinary(array), array.values])]).toEqual([array.type, [{ same: true }]])
    }
  })
  await drop()
})

test('what is no UUID is not sent', () => {
  for (const text of ['', 'ann', `${newId()}0`, newId().replace(/.$/, 'g')])
    expect(() => toBinary({ type: 'uuid', values: [text] })).toThrow('is no UUID')
})
