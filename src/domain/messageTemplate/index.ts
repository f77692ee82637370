import type { Domain } from '../../kernel/domain.ts'
import { messageTemplate } from './messageTemplate.ts'
import { templateAudience, templateList } from './projections.ts'

/** Texts with variables, kept by a company for its people. */
export const messageTemplateDomain: Domain = {
  name: 'messageTemplate',
  deciders: [messageTemplate],
  projections: [templateList],
  audience: [templateAudience],
}
