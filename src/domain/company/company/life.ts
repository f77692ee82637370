import { Rejection, rejectField } from '../../../kernel/reject.ts'
import { isSoleTrader } from '../commands/index.ts'
import { companyEvents } from '../events.ts'
import { forbidden, moved } from './refusals.ts'
import { type Details, ledBy, type Rules, seenBy } from './state.ts'

const { CompanyCreated, CompanyUpdated, CompanyArchived, CompanyMemberAdded } = companyEvents.make

/** The life of a company: founded, changed, archived. */
export const life: Rules<'CreateCompany' | 'UpdateCompany' | 'ArchiveCompany'> = {
  CreateCompany: (company, { companyId, inn, name, kpp, ogrn, legalAddress }, { actor }) => {
    if (company.is !== 'absent') return []
    const unfit = misfit(inn, { kpp, ogrn })
    if (unfit) return unfit
    return [
      CompanyCreated({ companyId }, { inn, name, kpp, ogrn, legalAddress }),
      CompanyMemberAdded({ userId: actor, role: 'OWNER' }),
    ]
  },

  UpdateCompany: (company, { companyId, expectedVersion, ...changes }, { actor }) => {
    const seen = ledBy(company, companyId, actor, 'change a company')
    if (seen instanceof Rejection) return seen
    const next: Details = {
      name: changes.name ?? seen.name,
      kpp: changes.kpp === undefined ? seen.kpp : changes.kpp,
      ogrn: changes.ogrn === undefined ? seen.ogrn : changes.ogrn,
      legalAddress: changes.legalAddress === undefined ? seen.legalAddress : changes.legalAddress,
    }
    const same = (['name', 'kpp', 'ogrn', 'legalAddress'] as const).every(field => next[field] === seen[field])
    if (same) return []
    if (expectedVersion !== undefined && expectedVersion !== seen.version) return moved(seen.version)
    if (next.name === null) return rejectField('name', 'The details of this company were erased: give a name.')
    return misfit(seen.inn, next) ?? [CompanyUpdated({ companyId }, { ...next, name: next.name })]
  },

  ArchiveCompany: (company, { companyId, expectedVersion }, { actor }) => {
    const seen = seenBy(company, companyId, actor)
    if (seen instanceof Rejection) return seen
    if (seen.role !== 'OWNER') return forbidden('Only owners archive a company.')
    if (seen.is === 'archived') return []
    if (expectedVersion !== undefined && expectedVersion !== seen.version) return moved(seen.version)
    return [CompanyArchived({})]
  },
}

/** Companies and sole traders have numbers of their own lengths, and only companies have a KPP. */
function misfit(inn: string | null, { kpp, ogrn }: { kpp: string | null; ogrn: string | null }): Rejection | null {
  if (inn === null) return null // erased
  const sole = isSoleTrader(inn)
  if (kpp !== null && sole) return rejectField('kpp', 'A sole trader has no KPP.')
  if (ogrn === null || isSoleTrader(ogrn) === sole) return null
  return rejectField('ogrn', `With an INN of ${inn.length} digits goes an OGRN of ${sole ? 15 : 13}.`)
}
