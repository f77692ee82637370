/** A company or a sole trader as the state's register has it. */
export interface RegisteredCompany {
  /** 10 digits of a company, 12 of a sole trader. */
  inn: string
  /** With its legal form, as in `ООО "Вектор"`. */
  name: string
  /** 9 characters; sole traders have none. */
  kpp: string | null
  /** 13 digits of a company, 15 of a sole trader. */
  ogrn: string | null
  /** One line; of a sole trader the town, or nothing. */
  legalAddress: string | null
}

/** Looks companies up in a register outside. All of it throws RegistryUnavailable. */
export interface CompanyRegistry {
  /** The head office of this INN, in use if there is one; null: the register knows no such INN. */
  byInn: (inn: string) => Promise<RegisteredCompany | null>
  /** Companies in use that fit what somebody began to write, the likeliest first, at most `limit` (20). */
  suggest: (query: string, limit: number) => Promise<readonly RegisteredCompany[]>
}

/** The register gives no answer now: nothing is known about whether the company exists. */
export class RegistryUnavailable extends Error {
  /** When it is worth trying again, if that is known. */
  readonly retryAt: Date | null
  constructor(why: string, retryAt: Date | null = null, cause?: unknown) {
    super(`the company register gives no answer: ${why}`, { cause })
    this.name = 'RegistryUnavailable'
    this.retryAt = retryAt
  }
}

/** Stands in where no register is configured. */
export const noCompanyRegistry: CompanyRegistry = {
  byInn: async () => absent(),
  suggest: async () => absent(),
}
function absent(): never {
  throw new RegistryUnavailable('this server has none (DADATA_TOKEN is not set)')
}
