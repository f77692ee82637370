import { v5, v7, validate } from 'uuid'

/** A new identifier: UUIDv7, so that it sorts by time. */
export const newId = (): string => v7()

/** The id of an event of a command, which is known by whose it is (`scope`) and its key: tried again it gives the same ids. */
export const eventId = (scope: string, command: string, index: number): string => v5(`${scope}.${index}`, command)

/** Nobody: the actor of who is not signed in. */
export const nobody = '00000000-0000-0000-0000-000000000000'

/** The house itself: the actor of what no person asks for, such as an operator's command or a process. */
export const system = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

export const isUuid = (text: string): boolean => validate(text)
