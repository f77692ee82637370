import { idOf } from '../../kernel/message.ts'
import { patch, projection, put } from '../../kernel/projection.ts'
import { messageTemplateEvents } from './events.ts'
import { messageTemplates } from './tables.ts'

const ofCompany = ({ data }: { data: { companyId: string } }) => [`company:${data.companyId}`]

/** Whose feed hears of it: the company's. */
export const templateAudience = {
  events: messageTemplateEvents,
  on: { TemplateCreated: ofCompany, TemplateUpdated: ofCompany, TemplateRemoved: ofCompany },
}

export const templateList = projection('messageTemplates', messageTemplateEvents, [messageTemplates], {
  TemplateCreated: ({ stream, data, personal, revision, at }) => [
    put(messageTemplates, {
      id: idOf(stream),
      companyId: data.companyId,
      version: revision,
      name: personal?.name ?? null,
      body: personal?.body ?? null,
      createdAt: at,
    }),
  ],
  TemplateUpdated: ({ stream, personal, revision }) => [
    patch(messageTemplates, {
      id: idOf(stream),
      version: revision,
      name: personal?.name ?? null,
      body: personal?.body ?? null,
    }),
  ],
  TemplateRemoved: ({ stream, revision, at }) => [
    patch(messageTemplates, { id: idOf(stream), version: revision, name: null, body: null, removedAt: at }),
  ],
})
