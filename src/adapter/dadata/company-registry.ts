import { LRUCache } from 'lru-cache'
import type { CompanyRegistry, RegisteredCompany } from '../../port/company-registry.ts'
import { type Found, readAnswer } from './answers.ts'
import { type DadataOptions, dadataCalls } from './calls.ts'

const hour = 3_600_000
const foundFor = 24 * hour
/** A company that is being founded appears from one day to the next. */
const missingFor = hour
const mostKept = 20_000
const inUse = ['ACTIVE', 'LIQUIDATING', 'BANKRUPT', 'REORGANIZING']

/** DaData (https://dadata.ru/api/find-party/, https://dadata.ru/api/suggest/party/). Its answers are kept for a day, the same question is asked once at a time. */
export function dadataCompanyRegistry(options: DadataOptions): CompanyRegistry {
  const call = dadataCalls(options)
  const kept = new LRUCache<string, readonly RegisteredCompany[]>({
    maxSize: mostKept,
    sizeCalculation: companies => companies.length + 1,
    ttl: foundFor,
    ...{ perf: Date, ttlResolution: 0 }, // one clock, looked at each time
  })
  const underWay = new Map<string, Promise<readonly RegisteredCompany[]>>()

  function once(method: string, body: object, pick: (found: readonly Found[]) => readonly Found[]) {
    const question = JSON.stringify([method, body])
    const known = kept.get(question) ?? underWay.get(question)
    if (known) return known
    const asking = call(method, body, readAnswer)
      .then(found => {
        const companies = pick(found).map(({ inUse: _, ...company }) => company)
        kept.set(question, companies, { ttl: companies.length ? foundFor : missingFor })
        return companies
      })
      .finally(() => underWay.delete(question))
    underWay.set(question, asking)
    return asking
  }

  return {
    async byInn(inn) {
      const found = await once(
        'findById/party',
        inn.length === 10 ? { query: inn, branch_type: 'MAIN' } : { query: inn },
        all => {
          const its = all.filter(company => company.inn === inn)
          return [its.find(company => company.inUse) ?? its[0] ?? []].flat()
        },
      )
      return found[0] ?? null
    },
    async suggest(query, limit) {
      const count = Math.min(Math.max(limit, 1), 20)
      const text = query.trim().replace(/\s+/g, ' ').slice(0, 300)
      return once('suggest/party', { query: text, count, status: inUse }, all => all.slice(0, count))
    },
  }
}
