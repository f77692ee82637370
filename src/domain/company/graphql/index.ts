import './life.ts'
import './people.ts'

export {
  answeredCompany,
  Company,
  CompanyList,
  type CompanyView,
  companyOf,
  myCompanies,
  myMembership,
} from './company.ts'
export {
  CompanyMember,
  CompanyMemberFilter,
  CompanyRoleEnum,
  MemberList,
  memberEdge,
  members,
  membersPage,
} from './member.ts'
