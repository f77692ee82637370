// Runs in the browser, behind GraphiQL and before graphiql-fetcher.js: who this window is and what it has seen.
// That belongs to one window (sessionStorage), so that two windows of one browser are two people.

const kept = {
  get: key => JSON.parse(sessionStorage.getItem(`wellwon:${key}`) ?? 'null'),
  set: (key, value) => sessionStorage.setItem(`wellwon:${key}`, JSON.stringify(value)),
}

// ---- The person made up for this window: the first window is Ada, the second Ben, and no handle comes up twice.

const names = ['Ada', 'Ben', 'Clara', 'David', 'Emma', 'Felix', 'Greta', 'Henry', 'Ida', 'Jonas', 'Karla', 'Leo']

// crypto.randomUUID is missing where the page is not served from localhost or over https.
const randomHex = () =>
  [...crypto.getRandomValues(new Uint8Array(8))].map(byte => byte.toString(16).padStart(2, '0')).join('')

function makePerson() {
  const count = Number(localStorage.getItem('wellwon:windows'))
  localStorage.setItem('wellwon:windows', String(count + 1))
  const random = randomHex()
  const displayName = names[count % names.length]
  const handle = `${displayName.toLowerCase()}_${random.slice(0, 6)}`
  return { displayName, handle, email: `${handle}@example.com`, password: `just-trying-${random.slice(6)}` }
}

const person = kept.get('person') ?? makePerson()
kept.set('person', person)
const filledIn = text => text?.replace(/\{(displayName|handle|email|password)\}/g, (_, key) => person[key])

// ---- What the window has seen, and what the other windows of this browser tell about themselves.

const windows = new BroadcastChannel('wellwon')
const self = randomHex()
const others = new Map() // window -> the id of its person
const introduce = more =>
  windows.postMessage({ from: self, userId: kept.get('userId'), chatId: kept.get('chatId'), ...more })

windows.onmessage = ({ data }) => {
  if (data.userId) others.set(data.from, data.userId)
  if (data.closed) others.delete(data.from)
  if (data.chatId && (data.created || !kept.get('chatId'))) kept.set('chatId', data.chatId)
  if (data.asks) introduce()
}
addEventListener('pagehide', () => windows.postMessage({ from: self, closed: true }))
addEventListener('pageshow', () => introduce({ asks: true }))

/** Keeps what later requests need: tokens, who this is, the chat seen last, and how far each feed was read. */
function notice(data, variables) {
  for (const [field, value] of Object.entries(data ?? {})) {
    if (!value) continue
    if (value.tokens?.accessToken) signIn(value)
    if (field === 'chat') sawChat(value)
    if (field === 'createChat') sawChat(value.edge?.node, true)
    if (field === 'viewer') sawChat(value.chats?.edges?.[0]?.node)
    if (field === 'inbox') sawChat(value.event?.chat)
    if (field === 'createCompany' || field === 'acceptCompanyInvitation') saw('company', value.edge?.node)
    if (field === 'createFileUpload') saw('file', value.file)
    if (value.inboxPosition) kept.set('position:inbox', value.inboxPosition)
    if (['inbox', 'chatEvents', 'companyEvents'].includes(field)) {
      const over = value.event?.__typename === 'StreamReset' || value.event?.__typename === 'StreamClosed'
      kept.set(`position:${feedOf(variables)}`, over ? null : value.position)
    }
  }
}

function signIn({ tokens, viewer }) {
  kept.set('tokens', tokens)
  if (!viewer?.user) return
  if (viewer.user.id !== kept.get('userId')) kept.set('position:inbox', null)
  kept.set('userId', viewer.user.id)
  introduce()
}

function sawChat(chat, created = false) {
  if (!chat?.id) return
  kept.set('chatId', chat.id)
  if (chat.position) kept.set(`position:${chat.id}`, chat.position)
  if (created) introduce({ created })
}

/** Keeps the id of something else that was seen last, and where its feed is. */
function saw(kind, node) {
  if (!node?.id) return
  kept.set(`${kind}Id`, node.id)
  if (node.position) kept.set(`position:${node.id}`, node.position)
}

/** Whose feed an operation follows. */
const feedOf = variables => variables.chatId ?? variables.companyId ?? 'inbox'

/** What to run first, for who has not seen one yet. */
const first = { chatId: 'CreateChat or MyChats', companyId: 'CreateCompany', fileId: 'CreateFileUpload' }

/** Puts what the window knows in place of "<chatId>", "<companyId>", "<fileId>", "<others>" and "<position>". */
function known(variables) {
  const stand = value => {
    const name = /^<(\w+Id)>$/.exec(value)?.[1]
    if (name in first) return kept.get(name) ?? missing(name)
    if (Array.isArray(value)) return value.flatMap(item => (item === '<others>' ? otherPeople() : [stand(item)]))
    if (value && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, stand(v)]))
    return value
  }
  const filled = stand(variables ?? {})
  if (filled.after === '<position>') filled.after = kept.get(`position:${feedOf(filled)}`)
  return filled
}

const otherPeople = () => [...new Set(others.values())].filter(id => id !== kept.get('userId'))

function missing(name) {
  const kind = name.slice(0, -2)
  throw new Error(`No ${kind} was seen here yet. Run ${first[name]} first, or put an id in place of "<${name}>".`)
}

globalThis.wellwon = { ...globalThis.wellwon, kept, filledIn, notice, known }
