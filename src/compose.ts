import { domains } from './domains.ts'

/** Tables that projections write: the store's functions know them by name. */
export const projectionTables = domains.flatMap(d => d.projections.flatMap(p => p.tables))
