import SchemaBuilder from '@pothos/core'
import ComplexityPlugin, { type FieldComplexityFunction } from '@pothos/plugin-complexity'
import { getNamedType, isLeafType } from 'graphql'
import type { Context } from './context.ts'

export interface SchemaTypes {
  Context: Context
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    UUID: { Input: string; Output: string }
    URL: { Input: string; Output: string }
    StreamPosition: { Input: string; Output: string }
    CommitToken: { Input: string; Output: string }
  }
  DefaultFieldNullability: false
}

/** The types as Pothos completes them: what refs and field builders are made of. */
export type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>

/** What a query may ask for. Objects cost, scalars do not; a list costs as many times as it asks for. */
export const limits = { depth: 12, aliases: 15, cost: 5_000, tokens: 2_000, directives: 50 } as const

/** What a field costs that says nothing of its own: it depends on its type alone. */
export const ordinaryCost: FieldComplexityFunction<Context, Record<string, unknown>> = (_args, _ctx, { type }) => ({
  field: isLeafType(getNamedType(type)) ? 0 : 1,
  multiplier: 1,
})

/** The one builder that all of the schema is made with. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ComplexityPlugin],
  defaultFieldNullability: false,
  complexity: { fieldComplexity: ordinaryCost },
})

/** Marks a field that depends on who asks: it is never part of a frame that subscribers share. Printed as `@viewer`. */
export const viewerField = { extensions: { directives: { viewer: {} } } } as const

builder.queryType({ description: 'Reads. What a mutation has answered shows here at once.' })
builder.mutationType({ description: 'Writes. When one answers, it is stored.' })
builder.subscriptionType({ description: 'Live and resumable: what happened, in order, from where you left off.' })
