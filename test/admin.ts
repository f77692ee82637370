import type { PlatformRole } from '../src/domain/userAccount/events.ts'
import { system } from '../src/kernel/id.ts'
import type { Person } from './client.ts'
import { done, openWorkshop } from './workshop.ts'

/** The account's own id, out of its global one. */
export const innerId = ({ id }: Pick<Person, 'id'>): string =>
  Buffer.from(id, 'base64url').toString().split(':')[1] ?? ''

/** Carries a command out as the system does: past the API, as an operator's tool or a process. */
export async function bySystem(databaseUrl: string, type: string, input: object): Promise<void> {
  const shop = openWorkshop(databaseUrl)
  try {
    await done(shop.dispatch(type, input, system))
  } finally {
    await shop.close()
  }
}

/** As if somebody had followed the link of the mail to their address. */
export const confirm = (databaseUrl: string, person: Person): Promise<void> =>
  bySystem(databaseUrl, 'VerifyEmail', { userId: innerId(person) })

/** Gives somebody a role on the platform. */
export const crown = (databaseUrl: string, person: Person, role: PlatformRole = 'ADMIN'): Promise<void> =>
  bySystem(databaseUrl, 'ChangePlatformRole', { userId: innerId(person), role })
