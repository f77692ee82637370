import { searchCosts } from './search-costs.ts'

// What a search costs where there is much to search: looked up in the plans, over rows that were put there by SQL.
searchCosts(100_000, 120_000)
