import type { RawEvent } from '../../kernel/codec.ts'

// All events of a stream's page as one text: many rows cost the driver more, and rows as JSON cost PostgreSQL more.

// Neither JSON nor anything else of an event holds this character as it is.
const between = '\u0001'
const columns = ['position', 'revision', 'id', 'type', 'v', 'bump', "date_part('epoch', at) * 1000", 'tenant', 'actor']
const fields = [...columns, 'command', 'data']

/** The text of many events, in order. `personal`: what stands for the personal part of each. */
export const packedSql = (personal: 'personal' | "''"): string =>
  `string_agg(concat(${[...fields, personal].join(', chr(1), ')}), chr(1) order by revision)`

/** Events of that text; null: there are none. What is null is empty in it, and nothing else is. */
export function unpacked(stream: string, text: string | null): RawEvent[] {
  if (text === null) return []
  const parts = text.split(between)
  const events: RawEvent[] = []
  for (let i = 0; i < parts.length; i += fields.length + 1)
    events.push({
      stream,
      position: BigInt(parts[i] ?? 0),
      revision: Number(parts[i + 1]),
      id: parts[i + 2] ?? '',
      type: parts[i + 3] ?? '',
      v: Number(parts[i + 4]),
      bump: parts[i + 5] === 't',
      at: new Date(Math.round(Number(parts[i + 6]))),
      tenant: parts[i + 7] || null,
      actor: parts[i + 8] || null,
      command: parts[i + 9] ?? '',
      data: parts[i + 10] ?? '',
      personal: parts[i + 11] || null,
    })
  return events
}
