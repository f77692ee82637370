import { v5, v7, validate } from 'uuid'

/** A new identifier: UUIDv7, so that it sorts by time. */
export const newId = (): string => v7()

/** The id of a command's event: the same command tried again gives the same ids. `index` counts from 0. */
export const eventId = (command: string, index: number): string => v5(String(index), command)

/** Nobody: the actor of who is not signed in. */
export const nobody = '00000000-0000-0000-0000-000000000000'

export const isUuid = (text: string): boolean => validate(text)
