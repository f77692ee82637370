import { chats } from './chats.ts'
import { companies } from './companies.ts'
import type { Move, Moves } from './making.ts'
import { people } from './people.ts'
import type { Draw, World } from './world.ts'

/** How each command of the house is made up, and how often: one that is missing here fails the test of histories. */
export const moves: Moves = { ...chats, ...companies, ...people }
const types = Object.keys(moves)
const wheel = Object.entries(moves).flatMap(([type, [weight]]) => Array.from({ length: weight }, () => type))
const junk = [null, '', 'x', 'a\0b', '\ud800', -1, 1e99, [], {}, ['x'], '00000000-0000-0000-0000-000000000000']

/** One step, now and then with a field that makes no sense at all. `turn`: each command in its turn; null: any. */
export function moveOf(world: World, draw: Draw, turn: number | null): Move & { type: string } {
  // The house notifies under the id of the notification: of that there is never a second one.
  const twice = (one: { type: string; actor: string }) => !world.gone.has(one.actor) && one.type !== 'Notify'
  const again = turn === null && draw.chance(0.06) && world.went.filter(twice)
  if (again && again.length > 0) return { ...draw.any(again) }
  const type = turn === null ? draw.any(wheel) : (types[turn % types.length] ?? '')
  const move = moves[type]?.[1](world, draw)
  if (!move) throw new Error(`there is no move ${type}`)
  if (!draw.chance(0.05)) return { type, ...move }
  // A field that says whose it is stays: the API fills it in.
  const fields = Object.keys(move.input).filter(field => field !== 'userId' && field !== 'notificationId')
  const input = fields.length ? { ...move.input, [draw.any(fields)]: draw.any(junk) } : move.input
  return { type, input, actor: move.actor }
}
