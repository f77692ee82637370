export * from './companies.ts'
export * from './members.ts'
