import { z } from 'zod'
import { defineCommands } from '../../kernel/message.ts'
import { variablesOf } from '../../kernel/template.ts'
import { line, paragraph } from '../../kernel/text.ts'

const templateId = z.uuid()
const companyId = z.uuid()
const stream = (c: { templateId: string }) => `messageTemplate-${c.templateId}`
const facts = ['companyStanding'] as const

const Name = line(1, 100)
const Body = paragraph(16_384).superRefine((body, issues) => {
  const found = variablesOf(body)
  if ('problem' in found) issues.addIssue({ code: 'custom', message: found.problem })
})

/** `companyId` is the template's, as its row tells: the standing of who asks is looked up by it. */
export const messageTemplateCommands = defineCommands({
  CreateTemplate: { input: z.object({ templateId, companyId, name: Name, body: Body }), stream, facts },
  UpdateTemplate: {
    input: z.object({
      templateId,
      companyId,
      name: Name.optional(),
      body: Body.optional(),
      expectedVersion: z.int().optional(),
    }),
    stream,
    facts,
  },
  DeleteTemplate: { input: z.object({ templateId, companyId }), stream, facts },
})
