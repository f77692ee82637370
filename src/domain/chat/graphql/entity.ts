import { builder } from '../../../graph/builder.ts'
import { atMost, idOf } from '../../../graph/node.ts'
import type { MessageEntity as Entity, MessageEntityKind as Kind } from '../events.ts'

// Parts of a text that mean something, and whom it mentions.

const MessageEntityKind = builder.enumType('MessageEntityKind', {
  description: 'What a part of a text means.',
  values: {
    BOLD: { description: 'Bold.' },
    ITALIC: { description: 'Italic.' },
    UNDERLINE: { description: 'Underlined.' },
    STRIKETHROUGH: { description: 'Struck through.' },
    SPOILER: { description: 'Hidden until somebody asks for it.' },
    CODE: { description: 'Code, within a line.' },
    PRE: { description: 'Code, lines of it.' },
    LINK: { description: 'A link to `url`.' },
    MENTION: { description: 'Names `user`.' },
    QUOTE: { description: 'What somebody else said.' },
  } satisfies Record<(typeof Kind)['options'][number], { description: string }>,
})

export const MessageEntity = builder.objectRef<Entity>('MessageEntity').implement({
  description: 'A part of a text that means something. Entities lie apart or one within the other.',
  fields: t => ({
    kind: t.field({ type: MessageEntityKind, description: 'What it means.', resolve: e => e.kind }),
    offset: t.exposeInt('offset', { description: 'Where it begins, in UTF-16 units.' }),
    length: t.exposeInt('length', { description: 'How long it is, in UTF-16 units.' }),
    url: t.field({
      type: 'URL',
      nullable: true,
      description: 'Of a LINK: http, https, mailto or tel.',
      resolve: e => e.url,
    }),
  }),
})

export const MessageEntityInput = builder.inputType('MessageEntityInput', {
  description: 'A part of the text that means something. Entities lie apart or one within the other.',
  fields: t => ({
    kind: t.field({ type: MessageEntityKind, required: true, description: 'What it means.' }),
    offset: t.int({ required: true, description: 'Where it begins, in UTF-16 units.' }),
    length: t.int({ required: true, description: 'How long it is, in UTF-16 units.' }),
    url: t.field({ type: 'URL', description: 'Of a LINK, and only there: http, https, mailto or tel.' }),
    userId: t.id({ description: 'Id of a User of the chat: of a MENTION, and only there.' }),
  }),
})
type Given = typeof MessageEntityInput.$inferInput

/** Entities as commands take them; undefined when they are left out. Throws Refused. */
export const entitiesOf = (given: readonly Given[] | null | undefined): Entity[] | undefined =>
  given === undefined
    ? undefined
    : atMost(100, 'entities', given ?? []).map(({ kind, offset, length, url, userId }) => ({
        ...{ kind, offset, length, url: url ?? null },
        userId: userId == null ? null : idOf('User', userId),
      }))

/** The same for the people whom a message mentions. */
export const mentionedOf = (given: readonly string[] | null | undefined): string[] | undefined =>
  given === undefined ? undefined : atMost(50, 'mentionedUserIds', given ?? []).map(id => idOf('User', id))
