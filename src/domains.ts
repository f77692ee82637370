import { chatDomain } from './domain/chat/index.ts'
import { companyDomain } from './domain/company/index.ts'
import { fileDomain } from './domain/file/index.ts'
import { messageTemplateDomain } from './domain/messageTemplate/index.ts'
import { notificationDomain } from './domain/notification/index.ts'
import { userAccountDomain } from './domain/userAccount/index.ts'
import type { Domain } from './kernel/domain.ts'

/** The bounded contexts, one line each. */
export const domains: readonly Domain[] = [
  userAccountDomain,
  companyDomain,
  chatDomain,
  fileDomain,
  messageTemplateDomain,
  notificationDomain,
]
