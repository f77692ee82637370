import type { Domain } from '../../kernel/domain.ts'
import { company } from './company.ts'
import { companyAudience, companyList } from './projections.ts'

/** Tenants: companies, the people in them, and who is asked to join. */
export const companyDomain: Domain = {
  name: 'company',
  deciders: [company],
  projections: [companyList],
  audience: [companyAudience],
}
