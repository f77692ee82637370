import { Chats } from '../../docs/clients/operations.ts'
import {
  AddMember,
  ChangeMemberRole,
  CreateChat,
  CreateCompany,
  CreateTemplate,
  Invite,
  MarkNotificationsRead,
  Revoke,
  UpdateCompany,
  UpdateTemplate,
} from '../../docs/clients/writes.ts'
import { eventually, type Loose, type Person } from '../client.ts'
import { innFor, mailedToken } from '../company-people.ts'
import { act, done } from '../live/acts.ts'
import { globalId, innerId } from '../live/subscribing.ts'
import { type Cached, idsIn, lookAtInvitations } from './cached.ts'

// What Ann and the others do in her companies.

export interface Office {
  /** All that can happen in them, each once and in another order each time; some of it is refused. */
  moves: () => (() => Promise<unknown>)[]
  /** What others do while the server goes and comes back. */
  meanwhile: () => Promise<unknown>[]
  /** What is told once and never again: nothing that comes later makes good for it. */
  last: () => Promise<void>
}
interface Staff {
  client: Cached
  /** Without a cache: on another device. */
  ann: Person
  others: readonly Person[]
  random: () => number
}

/** Ann founds companies, keeps them in her cache and makes Bob an owner of each. */
export async function foundCompanies({ client, ann, others, random }: Staff): Promise<Office> {
  const [bob, cid, dot] = others as [Person, Person, Person]
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const key = () => ({ idempotencyKey: crypto.randomUUID() })
  const text = () => String(random())
  const memberOf = (companyId: string, person: Person) =>
    globalId('CompanyMember', `${innerId(companyId)}.${innerId(person.id)}`)

  async function found(): Promise<string> {
    const inn = innFor(Math.floor(Math.random() * 1e6))
    const { edge } = await client.mutate(CreateCompany, { inn, name: 'Freight', ...key() })
    const { id } = edge.node
    await client.mutate(AddMember, { companyId: id, user: { id: bob.id }, role: 'OWNER', ...key() })
    const kept = client.keepCompany(id, { onEnd: () => void again() })
    // As a page would: what the list shows is opened.
    const again = () =>
      eventually(() => idsIn(client.read(Chats), 'companies').includes(id)).then(kept.refetch, () => undefined)
    return id
  }
  // In the quiet one nobody comes or goes: its invitations are queried once, and then kept by what Ann writes.
  const founded: string[] = []
  while (founded.length < 7) founded.push(await found())
  const [first, second, quiet, left, office, ...spare] = founded as [
    string,
    string,
    string,
    string,
    string,
    ...string[],
  ]
  const both = [first, second]
  const templates: string[] = []
  const invitations: string[] = []
  const chats: string[] = []
  const made = (list: string[]) => (answer: Loose) => void (answer?.edge && list.push(answer.edge.node.id))
  const template = () => ({ companyId: any(both), name: text(), body: 'Container {{number}}' })
  const room = (person: Person) => ({ kind: 'COMPANY', companyId: first, title: text(), participantIds: [person.id] })
  const edgeId = 'edge { node { id } }'

  const moves = {
    update: () => client.mutate(UpdateCompany, { companyId: any(both), name: text() }),
    updateByBob: () => act(bob, 'updateCompany', { companyId: any(both), legalAddress: text() }),
    archive: () => act(bob, 'archiveCompany', { companyId: spare.pop() }),
    add: () => client.mutate(AddMember, { companyId: first, user: { id: dot.id }, role: 'MEMBER', ...key() }),
    addByBob: () => act(bob, 'addCompanyMember', { companyId: second, user: { id: dot.id }, role: 'MEMBER' }),
    role: () => client.mutate(ChangeMemberRole, { memberId: memberOf(first, bob), role: any(['ADMIN', 'OWNER']) }),
    roleByBob: () => act(bob, 'changeCompanyMemberRole', { memberId: memberOf(second, ann), role: any(roles) }),
    remove: () => act(bob, 'removeCompanyMember', { memberId: memberOf(any(both), dot) }),
    profile: () => act(dot, 'updateProfile', { displayName: text() }),
    settings: () => act(ann, 'updateSettings', { timeZone: any(['Europe/Moscow', 'Asia/Tokyo']) }),
    template: () => client.mutate(CreateTemplate, { ...template(), ...key() }).then(made(templates)),
    templateByBob: () => act(bob, 'createTemplate', template(), edgeId).then(made(templates)),
    rewrite: () => client.mutate(UpdateTemplate, { templateId: any(templates) ?? first, name: text() }),
    rewriteByBob: () => act(bob, 'updateTemplate', { templateId: any(templates) ?? first, name: text() }),
    deleteByBob: () => act(bob, 'deleteTemplate', { templateId: any(templates) ?? first }),
    async invite() {
      await lookAtInvitations(client)
      for (const companyId of [first, quiet, quiet])
        await client
          .mutate(Invite, { companyId, email: `${text()}@example.com`, role: 'MEMBER' })
          .then(made(invitations))
    },
    revoke: () => client.mutate(Revoke, { invitationId: any(invitations) ?? first }),
    async accept() {
      const { edge } = await client.mutate(Invite, { companyId: first, email: cid.email, role: 'ADMIN' })
      if (edge) await act(cid, 'acceptCompanyInvitation', { token: mailedToken(edge.node.id) })
    },
    removeCid: () => act(bob, 'removeCompanyMember', { memberId: memberOf(first, cid) }),
    room: () => client.mutate(CreateChat, { ...room(bob), ...key() }).then(made(chats)),
    roomByBob: () => act(bob, 'createChat', room(ann), edgeId).then(made(chats)),
    talk: () =>
      act(bob, 'sendMessage', { chatId: any(chats) ?? first, content: { text: text() }, mentionedUserIds: [ann.id] }),
    archiveRoom: () => act(bob, 'archiveChat', { chatId: any(chats) ?? first }),
    restoreRoom: () => act(bob, 'restoreChat', { chatId: any(chats) ?? first }),
    async away() {
      await act(bob, 'removeCompanyMember', { memberId: memberOf(second, ann) })
      await act(bob, 'addCompanyMember', { companyId: second, user: { id: ann.id }, role: any(roles) })
    },
    readThem: () => client.mutate(MarkNotificationsRead, { target: { createdUpTo: new Date() } }),
    readOne: async () => {
      const { viewer } = await ann.ask('{ viewer { notifications(first: 3) { edges { node { id } } } } }')
      const ids = viewer.notifications.edges.map((edge: Loose) => edge.node.id)
      return act(ann, 'markNotificationsAsRead', { target: { ids } })
    },
  }
  return {
    moves: () =>
      Object.values(moves)
        .map(move => ({ move, at: random() }))
        .sort((one, other) => one.at - other.at)
        .map(({ move }) => move),
    async last() {
      const companyId = office
      for (const { id } of [cid, dot]) await done(bob, 'addCompanyMember', { companyId, user: { id }, role: 'MEMBER' })
      await done(bob, 'changeCompanyMemberRole', { memberId: memberOf(office, cid), role: 'ADMIN' })
      await done(bob, 'changeCompanyMemberRole', { memberId: memberOf(office, ann), role: 'MEMBER' })
      await done(bob, 'removeCompanyMember', { memberId: memberOf(office, dot) })
      await done(bob, 'updateCompany', { companyId, name: 'Cargo' })
      const [changed, removed] = await Promise.all(
        ['One', 'Two'].map(async name => {
          const input = { companyId, name, body: 'Container {{number}}' }
          return (await done(bob, 'createTemplate', input, edgeId)).edge.node.id as string
        }),
      )
      await done(bob, 'updateTemplate', { templateId: changed, name: 'Three' })
      await done(bob, 'deleteTemplate', { templateId: removed })
      const rooms = await Promise.all(
        ['Four', 'Five'].map(async title => {
          const input = { kind: 'COMPANY', companyId, title, participantIds: [ann.id] }
          return (await done(bob, 'createChat', input, edgeId)).edge.node.id as string
        }),
      )
      await eventually(() => rooms.every(id => idsIn(client.read(Chats), 'chats').includes(id)))
      await done(bob, 'deleteChat', { chatId: rooms[0] })
      await done(bob, 'removeCompanyMember', { memberId: memberOf(left, ann) })
    },
    meanwhile: () => [moves.updateByBob, moves.addByBob, moves.away].map(move => move().catch(() => null)),
  }
}
const roles = ['MEMBER', 'ADMIN', 'OWNER']
