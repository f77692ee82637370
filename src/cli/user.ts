import { randomBytes } from 'node:crypto'
import { type Command, Option } from 'commander'
import { PlatformRole } from '../domain/userAccount/events.ts'
import { deriveHandle } from '../domain/userAccount/graphql/handle.ts'
import { newId, system } from '../kernel/id.ts'
import { Rejection } from '../kernel/reject.ts'
import { print, tool } from './command.ts'
import type { Toolbox } from './toolbox.ts'

const roles = PlatformRole.options

export function user(program: Command): void {
  const group = program.command('user').description('accounts, past the API: the first ADMIN, somebody locked out')

  group
    .command('create')
    .description('makes an account and prints its password, which is kept nowhere else')
    .requiredOption('--email <address>')
    .requiredOption('--name <name>', 'the name to show')
    .option('--handle <handle>', 'unique name; made from the name when left out')
    .addOption(new Option('--role <role>', 'what the account may do on the platform').choices(roles).default('USER'))
    .action(tool(create))

  group
    .command('disable')
    .description('closes an account: it is signed out everywhere and cannot log in')
    .argument('<who>', 'e-mail address, handle or id')
    .option('--reason <text>', 'why, for the log')
    .action(
      tool(async (box, who: string, { reason }: { reason?: string }) => {
        const { id, handle } = await accountOf(box, who)
        await carryOut(box, 'DisableUser', { userId: id, reason: reason ?? null })
        print(`${handle ?? id} is disabled.`)
      }),
    )

  group
    .command('enable')
    .description('opens a disabled account again')
    .argument('<who>', 'e-mail address, handle or id')
    .action(
      tool(async (box, who: string) => {
        const { id, handle } = await accountOf(box, who)
        await carryOut(box, 'EnableUser', { userId: id })
        print(`${handle ?? id} is enabled.`)
      }),
    )

  group
    .command('role')
    .description(`changes what an account may do on the platform: ${roles.join(', ')}`)
    .argument('<who>', 'e-mail address, handle or id')
    .argument('<role>')
    .action(
      tool(async (box, who: string, role: string) => {
        if (!PlatformRole.safeParse(role).success)
          throw new Error(`there is no role ${role}: one of ${roles.join(', ')}`)
        const { id, handle } = await accountOf(box, who)
        await carryOut(box, 'ChangePlatformRole', { userId: id, role })
        print(`${handle ?? id} is ${role}.`)
      }),
    )
}

async function create(
  box: Toolbox,
  options: { email: string; name: string; handle?: string; role: string },
): Promise<void> {
  const { email, name, role: platformRole } = options
  const userId = newId()
  const password = randomBytes(12).toString('base64url')
  const passwords = box.passwords()
  await passwords.set(userId, password) // before the account, so that there is never one that nobody can log in to
  for (let tries = 0; ; tries++) {
    const handle = options.handle ?? deriveHandle(name, tries)
    const input = { userId, email, handle, displayName: name, platformRole }
    const outcome = await box.dispatch({ type: 'CreateUserAccount', input, actor: system })
    if (!(outcome instanceof Rejection)) return print(`${handle} <${email}> is ${platformRole}. Password: ${password}`)
    const taken = outcome.code === 'ALREADY_EXISTS' && outcome.detail.issues?.some(issue => issue.path[0] === 'handle')
    if (taken && !options.handle && tries < 6) continue
    await passwords.remove(userId)
    throw new Error(inWords(outcome))
  }
}

async function accountOf(box: Toolbox, who: string): Promise<{ id: string; handle: string | null }> {
  const name = who.trim().toLowerCase()
  const [found] = await box.query<{ id: string; handle: string | null }>(
    'select id, handle from user_accounts where email = $1 or handle = $1 or id::text = $1 limit 1',
    [name],
  )
  if (!found) throw new Error(`there is no account ${who}: name it by e-mail address, handle or id`)
  return found
}

async function carryOut(box: Toolbox, type: string, input: object): Promise<void> {
  const outcome = await box.dispatch({ type, input, actor: system })
  if (outcome instanceof Rejection) throw new Error(inWords(outcome))
}

/** A refusal in one line: what is wrong with which option. */
function inWords({ message, detail }: Rejection): string {
  const issues = detail.issues?.map(issue => `${issue.path.join('.').replace('displayName', 'name')}: ${issue.message}`)
  return issues?.join(' ') || message
}
