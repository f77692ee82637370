import type { Line, Model } from './log.ts'

const companyKinds: Record<string, string> = {
  CompanyMemberAdded: 'COMPANY_JOINED',
  CompanyMemberRoleChanged: 'COMPANY_ROLE_CHANGED',
  CompanyMemberRemoved: 'COMPANY_LEFT',
}

/** What people were told by the log without a cause in it, or more often, and what they had to be told and were not. */
export function toldWrongly(log: readonly Line[], model: Model): string[] {
  const count = (of: Map<string, number>, what: string) => of.set(what, (of.get(what) ?? 0) + 1)
  const causes = new Map<string, number>()
  const told = new Map<string, number>()
  const chosen = new Set<string>()
  const muted = new Set<string>()
  for (const { type, stream, actor, data } of log) {
    const id = stream.slice(stream.indexOf('-') + 1)
    const kind = companyKinds[type]
    if (kind && data.userId !== actor) count(causes, `${data.userId} ${kind} ${id}`)
    // Of a message one is told once, however often it is edited.
    if (/^Message(Sent|Edited)$/.test(type))
      for (const userId of data.mentions) if (userId !== actor) causes.set(`${userId} MENTIONED ${data.messageId}`, 1)
    if (type === 'NotificationCreated' && data.subject) count(told, `${data.userId} ${data.kind} ${data.subject.id}`)
    if (type === 'NotificationPreferencesUpdated') chosen.add(data.userId)
    if (type === 'ChatMuted') muted.add(id)
  }
  const mustHear = (userId: string, kind: string, subject: string): boolean => {
    if (model.users.get(userId)?.status !== 'ACTIVE' || chosen.has(userId)) return false
    if (kind !== 'MENTIONED') return true
    const { chatId = '', deleted = true, sequence = 0 } = model.messages.get(subject) ?? {}
    const read = (model.read.get(`${chatId}.${userId}`) ?? -1) >= sequence // maybe before it could be told
    const left = [...model.lost.keys(), ...muted].includes(`${chatId}.${userId}`)
    return !deleted && !read && !left && model.chats.get(chatId)?.deleted === false
  }
  return [
    ...[...told]
      .filter(([what, times]) => times > (causes.get(what) ?? 0))
      .map(([what]) => `told for no cause: ${what}`),
    ...[...causes].flatMap(([what, times]) => {
      const [userId = '', kind = '', subject = ''] = what.split(' ')
      return mustHear(userId, kind, subject) && told.get(what) !== times ? [`not told: ${what}`] : []
    }),
  ]
}
