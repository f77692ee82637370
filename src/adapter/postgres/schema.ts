// The tables of the house itself; those of projections are beside their domains.
export * from './schema/accounts.ts'
export * from './schema/consumers.ts'
export * from './schema/log.ts'
export * from './schema/mails.ts'
