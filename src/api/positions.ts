import { BREAK, type DocumentNode, getNamedType, isObjectType, visit } from 'graphql'
import { oncePer } from '../kernel/once.ts'
import { schema } from './schema.ts'

/** Names of the fields that tell where a feed is. */
const names = new Set<string>()
for (const type of Object.values(schema.getTypeMap()))
  if (isObjectType(type))
    for (const field of Object.values(type.getFields()))
      if (getNamedType(field.type).name === 'StreamPosition') names.add(field.name)

/** Whether a document asks where a feed is, anywhere in it. */
export const asksPosition = oncePer((document: DocumentNode): boolean => {
  let asks = false
  const look = ({ name }: { name: { value: string } }) => {
    asks ||= names.has(name.value)
    return asks ? BREAK : undefined
  }
  visit(document, { Field: look })
  return asks
})
