/** Something that has to be looked at from time to time, by any worker: sweeping, collecting. Several may run at once. */
export interface Chore {
  name: string
  everyMs: number
  /** Does a bounded piece. True: there is more. */
  run: () => Promise<boolean>
}

export const chore = (of: Chore): Chore => of
