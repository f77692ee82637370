export * from './companies.ts'
export * from './invitations.ts'
export * from './members.ts'
