import { searchCosts } from '../search-costs.ts'

// Ten times what the quick tests look at, and a search looks at no more: the limits are the same.
searchCosts(1_000_000, 600_000)
