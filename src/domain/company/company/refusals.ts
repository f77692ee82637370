import { reject } from '../../../kernel/reject.ts'

// What is not there, what is somebody else's and what was never an id are refused in the same words (graph/node.ts, idOf).
const notThere = (type: string, name: string) => (id: string) =>
  reject('NOT_FOUND', `There is no such ${name}.`, { missing: [{ type, id }] })
export const noCompany = notThere('Company', 'company')
export const noMember = notThere('CompanyMember', 'company member')
export const noInvitation = notThere('CompanyInvitation', 'company invitation')
/** In the same words however somebody was named: no account, and none that can take part. */
export const noUser = () => reject('NOT_FOUND', 'There is no such person. Somebody without an account can be invited.')

export const forbidden = (message: string) => reject('FORBIDDEN', message)
export const archived = () => reject('STATE_CONFLICT', 'This company is archived.')
export const lastOwner = () => reject('STATE_CONFLICT', 'A company needs an owner: make somebody else one first.')
export const moved = (currentVersion: number) =>
  reject('VERSION_CONFLICT', 'It was changed meanwhile: look at it again, and send its current version.', {
    currentVersion,
  })
