export * from './companies.ts'
export * from './invitations.ts'
export * from './members.ts'
export * from './owners.ts'
