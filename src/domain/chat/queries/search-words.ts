import { type SQL, sql } from 'drizzle-orm'
import { apart, folded } from '../tables.ts'

/** One thing that is searched for. `begins`: the last word may be the beginning of one, as when it is still being typed. */
interface Term {
  text: string
  phrase: boolean
  excluded: boolean
  begins: boolean
}

const mostTerms = 30

/** Words, "phrases" and -excluded ones of what somebody typed; a quote that is never closed goes to the end. */
function termsOf(query: string): Term[] {
  const terms: Term[] = []
  for (const match of query.matchAll(/(-?)"([^"]*)(?:"|$)|(\S+)/g)) {
    const [whole, minus, quoted, word] = match
    if (quoted !== undefined) terms.push({ text: quoted, phrase: true, excluded: minus === '-', begins: false })
    else if (word) {
      const excluded = /^-[^-]/.test(word)
      const last = match.index + whole.length === query.length
      const text = excluded ? word.slice(1) : word
      terms.push({
        text,
        phrase: false,
        excluded,
        begins: last && !excluded && (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) > 1,
      })
    }
  }
  return terms.slice(0, mostTerms)
}

/**
 * A term as PostgreSQL looks for it, made of parameters only, so that nothing that is typed is syntax. A word is looked for by
 * its stem and, part by part, as it is; one that says nothing (и, the) counts only within a phrase.
 */
function tsqueryOf({ text, phrase, begins }: Term): SQL {
  const stem = sql`${phrase ? sql`phraseto_tsquery` : sql`plainto_tsquery`}('russian', ${folded(sql`${text}::text`)})`
  const asItIs = sql`phraseto_tsquery('simple', ${apart(sql`${text}::text`)})`
  if (phrase) return sql`(select case when numnode(stem) = 0 then ${asItIs} else stem end from (select ${stem} stem) s)`
  const beginning = begins ? sql` || to_tsquery('simple', '''' || ${apart(sql`${text}::text`)} || ''':*')` : sql``
  return sql`(select case when numnode(stem) = 0 then stem else stem || ${asItIs}${beginning} end from (select ${stem} stem) s)`
}

/** What is searched for, as two expressions: what has to be in it, which may be an empty tsquery, and what must not. */
export function wordsOf(query: string): { wanted: SQL; unwanted: SQL } {
  const all = (terms: Term[]): SQL =>
    terms.length ? sql`(${sql.join(terms.map(tsqueryOf), sql` && `)})` : sql`''::tsquery`
  const any = (terms: Term[]): SQL =>
    terms.length ? sql`(${sql.join(terms.map(tsqueryOf), sql` || `)})` : sql`''::tsquery`
  const terms = termsOf(query)
  return { wanted: all(terms.filter(t => !t.excluded)), unwanted: any(terms.filter(t => t.excluded)) }
}
