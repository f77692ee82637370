import { hash, verify } from '@node-rs/argon2'
import type { Hasher } from '../../port/sessions.ts'

// OWASP's second choice for Argon2id: 19 MiB, two passes. 2 is Argon2id: the library's enum exists for its types only.
const options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Argon2id, in threads of its own. */
export const argon2: Hasher = {
  hash: password => hash(password, options),
  verify: (hashed, password) => verify(hashed, password),
}
