import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  casing: 'snake_case',
  schema: ['./src/adapter/postgres/schema.ts', './src/domain/*/tables.ts'],
  out: './drizzle',
})
