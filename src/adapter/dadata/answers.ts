import { z } from 'zod'
import type { RegisteredCompany } from '../../port/company-registry.ts'

const text = z.string().nullish()

/** What is used of DaData's `party`; there are a hundred more fields. A head office abroad has no INN. */
const Party = z.object({
  value: z.string(),
  data: z.object({
    inn: text,
    kpp: text,
    ogrn: text,
    name: z.object({ short_with_opf: text, full_with_opf: text }).nullish(),
    address: z.object({ value: text }).nullish(),
    state: z.object({ status: text }).nullish(),
  }),
})
const Answer = z.object({ suggestions: z.array(Party) })

export interface Found extends RegisteredCompany {
  /** Whether it is in use: not liquidated. */
  inUse: boolean
}

/** The companies of an answer. Throws when it is not shaped as DaData's documentation says, in words without the answer. */
export function readAnswer(body: string): readonly Found[] {
  return Answer.parse(JSON.parse(body)).suggestions.flatMap(({ value, data }) => {
    const name = data.name?.short_with_opf || data.name?.full_with_opf || value
    if (!data.inn || !name) return []
    return {
      inn: data.inn,
      name,
      kpp: data.kpp || null,
      ogrn: data.ogrn || null,
      legalAddress: data.address?.value || null,
      inUse: data.state?.status !== 'LIQUIDATED',
    }
  })
}
