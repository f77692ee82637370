import { toArguments } from '../../src/adapter/postgres/append-call.ts'
import type { Append } from '../../src/port/event-store.ts'
import type { Appending } from './appending.ts'
import { functions } from './house.ts'
import { sendingTo } from './message.ts'
import { chatAt } from './people.ts'
import { asked } from './postgres.ts'

/**
 * A script for pgbench that makes the very call that our writer makes for one message: the arguments of a real one, with
 * fresh ids and any of the chats in their place.
 */
export async function appendScript({ url, chats, guard }: Appending): Promise<string> {
  const append = sendingTo(0, guard)
  const ids: Record<string, string> = {
    [chatAt(0)]: `x.chat`,
    [append.command]: 'x.command',
    [messageIdOf(append)]: 'x.message',
  }
  const values = toArguments([append], true)
  const eventIds = values[15]?.values as string[]
  for (const id of eventIds) ids[id] = 'x.event'
  const texts = values.map(({ type }, i) => `$${i + 1}::${type}[]::text a${i}`)
  const [row = {}] = await asked<Record<string, string | null>>(
    url,
    `select ${texts.join(', ')}`,
    values.map(value => value.values),
  )
  const args = values.map(({ type }, i) => `(${spliced(row[`a${i}`] ?? null, ids)})::${type}[]`)
  return `\\set chat random(0, ${chats - 1})
select a.* from (select '${chatAt(0).slice(0, 24)}' || lpad(:chat::text, 12, '0') chat, gen_random_uuid() command,
  gen_random_uuid() message, gen_random_uuid() event) x, lateral ${functions.append}(${args.join(', ')}) a;
`
}

/** A literal with columns in the place of ids; pgbench sees no variables in what is JSON. */
function spliced(value: string | null, ids: Readonly<Record<string, string>>): string {
  if (value === null) return 'null'
  let text = `$t$${value.replaceAll(/:(?=[A-Za-z_])/g, () => ':$t$ || $t$')}$t$`
  for (const [id, column] of Object.entries(ids)) text = text.replaceAll(id, () => `$t$ || ${column} || $t$`)
  return text
}

function messageIdOf({ events }: Append): string {
  const { messageId } = JSON.parse(events[0]?.data ?? '{}') as { messageId: string }
  return messageId
}
