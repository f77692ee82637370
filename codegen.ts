import type { CodegenConfig } from '@graphql-codegen/cli'

/**
 * A typed client from the operations of GraphiQL's tabs; docs/clients/typed.ts uses it. From the printed schema, because
 * introspection does not say which inputs are `@oneOf`. What is generated is not committed: lint makes it anew and
 * compiles it, so that no tab can rot.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'src/api/tabs/*.graphql',
  generates: {
    'docs/clients/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        importExtension: '.ts',
        useTypeImports: true,
        strictScalars: true, // a scalar without a line here is an error, not `any`
        scalars: {
          ID: 'string',
          CommitToken: 'string',
          DateTime: 'string',
          StreamPosition: 'string',
          URL: 'string',
          UUID: 'string',
        },
      },
    },
  },
}
export default config
