import { reject } from '../../../kernel/reject.ts'

// What is not there, what is somebody else's and what was never an id are refused in the same words (graph/node.ts, idOf).
const notThere = (type: string, name: string) => (id: string) =>
  reject('NOT_FOUND', `There is no such ${name}.`, { missing: [{ type, id }] })
export const noChat = notThere('Chat', 'chat')
export const noCompany = notThere('Company', 'company')
export const noMessage = notThere('Message', 'message')
export const noParticipant = notThere('ChatParticipant', 'chat participant')
export const archived = () => reject('STATE_CONFLICT', 'This chat is archived: restore it first.')
export const deleted = () => reject('STATE_CONFLICT', 'This message is deleted.')
export const noted = () => reject('STATE_CONFLICT', 'The system noted this: it stays as it is.')
export const direct = () => reject('STATE_CONFLICT', 'A direct chat stays as it is, between its two people.')
export const moved = (currentVersion: number) =>
  reject('VERSION_CONFLICT', 'It was changed meanwhile: look at it again, and send its current version.', {
    currentVersion,
  })

export const forbidden = (message: string) => reject('FORBIDDEN', message)
export const tooMany = (message: string) => reject('LIMIT_EXCEEDED', message)
export const lastOwner = () => reject('STATE_CONFLICT', 'A chat needs an owner: make somebody else one first.')
export const noFiles = (ids: readonly string[]) =>
  reject('NOT_FOUND', 'There are no such files.', { missing: ids.map(id => ({ type: 'File', id })) })
export const noUsers = (ids: readonly string[]) =>
  reject('NOT_FOUND', 'There are no such people.', { missing: ids.map(id => ({ type: 'User', id })) })
