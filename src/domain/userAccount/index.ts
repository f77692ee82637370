import type { Domain } from '../../kernel/domain.ts'
import { accounts, userAccountAudience } from './projections.ts'
import { userAccount } from './userAccount.ts'

/** Who somebody is: registration, profile, deletion. Passwords and sessions are secrets and live outside the log. */
export const userAccountDomain: Domain = {
  name: 'userAccount',
  deciders: [userAccount],
  projections: [accounts],
  audience: [userAccountAudience],
}
