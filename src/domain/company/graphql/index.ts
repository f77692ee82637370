import './inviting.ts'
import './life.ts'
import './lookup.ts'
import './people.ts'

export {
  answeredCompany,
  Company,
  CompanyList,
  type CompanyView,
  companies,
  companyFeed,
  companyOf,
  myCompanies,
  myMembership,
} from './company.ts'
export {
  CompanyArchived,
  CompanyJoined,
  CompanyLeft,
  CompanyMemberAdded,
  CompanyMemberRemoved,
  CompanyMemberRoleChanged,
  CompanyUpdated,
  toCompanyEvent,
} from './events.ts'
export { CompanyInvitation } from './invitation.ts'
export {
  CompanyMember,
  CompanyMemberFilter,
  CompanyRoleEnum,
  MemberList,
  memberEdge,
  members,
  membersPage,
} from './member.ts'
