import { afterAll, beforeAll, expect, test } from 'vitest'
import { register } from './client.ts'
import { type House, openHouse } from './house.ts'
import { act, done } from './live/acts.ts'
import { follow, heard } from './live/subscribing.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const inbox = `subscription ($after: StreamPosition) { inbox(after: $after) { position live event { __typename
  ... on ViewerUpdated { actor { id } viewer { locale timeZone user { version } } }
  ... on ProfileUpdated { user { displayName } } } } }`

test('settings are kept, cleared by null, and told to one’s devices and nobody else’s', async () => {
  const ann = await register(house.url, 'Ann')
  const bob = await register(house.url, 'Bob')
  const after = async (of: typeof ann) => (await of.ask('{ viewer { inboxPosition } }')).viewer.inboxPosition
  const [one, other] = [
    follow(ann, inbox, { after: await after(ann) }),
    follow(bob, inbox, { after: await after(bob) }),
  ]
  const select = 'viewer { locale timeZone user { version } }'
  const set = await done(ann, 'updateSettings', { locale: 'EN-gb', timeZone: 'Europe/Moscow' }, select)
  expect(set.viewer).toEqual({ locale: 'en-GB', timeZone: 'Europe/Moscow', user: { version: 0 } })
  expect(await heard(one, e => e.__typename === 'ViewerUpdated')).toMatchObject({
    actor: { id: ann.id },
    viewer: set.viewer,
  })
  await done(ann, 'updateSettings', { locale: null })
  const cleared = await heard(one, e => e.viewer?.locale === null)
  expect(cleared.viewer.timeZone).toBe('Europe/Moscow')
  await done(bob, 'updateProfile', { displayName: 'Robert' })
  await heard(other, e => e.user?.displayName === 'Robert')
  expect(other.events().map(e => e.__typename)).toEqual(['ProfileUpdated'])
  one.stop()
  other.stop()
})

test.each([
  ['locale', 'xx_YY'],
  ['locale', 'e'],
  ['timeZone', 'Moscow'],
  ['timeZone', '+03:00'],
  ['timeZone', ''],
])('%s %j is refused, by its name, and nothing of the rest is kept', async (field, value) => {
  const ann = await register(house.url, 'Ann')
  const input = { locale: 'de', timeZone: 'Europe/Berlin', [field]: value }
  const refused = await act(ann, 'updateSettings', input, '} ... on ValidationError { issues { path }')
  expect(refused).toMatchObject({ __typename: 'ValidationError', code: 'INVALID_INPUT', issues: [{ path: [field] }] })
  expect((await ann.ask('{ viewer { locale timeZone } }')).viewer).toEqual({ locale: null, timeZone: null })
})
