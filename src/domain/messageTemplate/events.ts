import { z } from 'zod'
import { defineEvents } from '../../kernel/message.ts'

const data = z.object({ companyId: z.uuid() })
const personal = z.object({ name: z.string(), body: z.string() })
const ofCompany = (data: { companyId: string }) => data.companyId

/** Texts that the people of a company send again and again. */
export const messageTemplateEvents = defineEvents('messageTemplate', {
  TemplateCreated: { v: 1, bump: true, data, personal, key: ofCompany },
  TemplateUpdated: { v: 1, bump: true, data, personal, key: ofCompany },
  TemplateRemoved: { v: 1, bump: true, data },
})
