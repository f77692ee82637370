import type { Loose, Person } from '../client.ts'

/** Carries a mutation out; gives its `__typename`, or the code of its refusal. */
export async function act(person: Person, field: string, input: object, select = ''): Promise<Loose> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}`
  const data = await person.ask(
    `mutation ($input: ${type}Input!) { ${field}(input: $input) { __typename ... on ${type}Payload { __typename ${select} } ... on Error { code message } } }`,
    { input },
  )
  return data[field]
}

/** The same, and it has to succeed. */
export async function done(person: Person, field: string, input: object, select?: string): Promise<Loose> {
  const answer = await act(person, field, input, select)
  if (answer.code) throw new Error(`${field}: ${answer.code}: ${answer.message}`)
  return answer
}
