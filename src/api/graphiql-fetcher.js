// Runs in the browser, behind GraphiQL and graphiql-memory.js: how this window talks to the server, and how GraphiQL is
// started. graphiql.ts puts the tabs and the logo into `wellwon`.

const { tabs, logo, kept, filledIn, notice, known } = globalThis.wellwon

async function post(body, headers = {}, signal = null, tokens = kept.get('tokens')) {
  const bearer = tokens ? { authorization: `Bearer ${tokens.accessToken}` } : {}
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const accept = 'application/graphql-response+json, application/json'
  const all = { 'content-type': 'application/json', accept, ...bearer, ...own }
  return fetch(location.pathname, { method: 'POST', headers: all, body: JSON.stringify(body), signal })
}

const refresh = `mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) {
    ... on RefreshSessionPayload { tokens { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt } }
  }
}`

let renewing // one renewal at a time: a refresh token is good for one use

/** Renews the tokens, or forgets them when the server says that they are good for nothing any more. */
function renew() {
  renewing ??= (async () => {
    const { refreshToken } = kept.get('tokens')
    const answer = await (await post({ query: refresh, variables: { input: { refreshToken } } }, {}, null, null)).json()
    if (answer.data?.refreshSession) kept.set('tokens', answer.data.refreshSession.tokens ?? null)
    else throw new Error(answer.errors?.[0]?.message ?? 'The session could not be renewed.')
  })().finally(() => {
    renewing = undefined
  })
  return renewing
}

const expired = tokens => tokens && Date.parse(tokens.accessTokenExpiresAt) < Date.now() + 5_000
const refused = answer => answer.errors?.some(error => error.extensions?.code === 'UNAUTHENTICATED')
const isStream = answer =>
  answer instanceof Response && answer.headers.get('content-type')?.startsWith('text/event-stream')

/** Sends one request with fresh tokens. The parsed answer, or a Response where it is a stream of events. */
async function ask(body, headers, signal) {
  if (renewing || expired(kept.get('tokens'))) await renew()
  const response = await post(body, headers, signal)
  if (isStream(response)) return response
  const answer = await response.json()
  if (!refused(answer) || !kept.get('tokens')) return answer
  await renew() // the answer was a refusal, so nothing was done, and asking again is safe
  const second = await post(body, headers, signal)
  return isStream(second) ? second : second.json()
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let text = ''; ; ) {
    const { done, value } = await reader.read()
    if (done) return
    const parts = (text + value).split(/\r?\n\r?\n/)
    text = parts.pop()
    for (const part of parts) {
      const { event, data } = Object.fromEntries(part.split(/\r?\n/).map(line => line.split(/: ?(.*)/s)))
      if (event === 'complete') return
      if (data) yield JSON.parse(data)
    }
  }
}

/**
 * The frames of a subscription. A stream lives no longer than its access token: then it goes on from the last position
 * with a new one. Once there was an event, frames without one (heartbeats) do not cover it up.
 */
async function* frames(request, headers, signal) {
  let { variables } = request
  let event = false
  for (let renewed = false, again = true; again; ) {
    again = false
    const answer = await ask({ ...request, variables }, { accept: 'text/event-stream', ...headers }, signal)
    for await (const result of isStream(answer) ? events(answer) : [answer]) {
      again = refused(result) && !renewed && kept.get('tokens') !== null
      if (again) break
      notice(result.data, variables)
      const frame = Object.values(result.data ?? {})[0]
      if (frame?.position && !result.errors) variables = { ...variables, after: frame.position }
      renewed = false
      if (event && frame?.event === null) continue
      event ||= Boolean(frame?.event)
      yield result
    }
    if (again) await renew()
    renewed = again
  }
}

/** An iterator that can be stopped while it waits, which a generator cannot. */
function stoppable(start) {
  const stop = new AbortController()
  const inner = start(stop.signal)
  const done = { done: true, value: undefined }
  const next = () => inner.next().catch(error => (stop.signal.aborted ? done : Promise.reject(error)))
  const end = async () => {
    stop.abort()
    return done
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
}

/** The operation to run. Right after a change of tabs, what GraphiQL says about it is still about the tab before. */
function chosen(query, operationName) {
  const operations = [...query.matchAll(/^\s*(query|mutation|subscription)\b\s*(\w*)/gm)]
  const [, kind, name] = operations.find(one => one[2] === operationName) ?? operations[0] ?? []
  return { kind, operationName: name || undefined }
}

/** GraphiQL's fetcher. */
async function fetcher({ query, operationName: meant, variables }, { headers = {} } = {}) {
  const { kind, operationName } = chosen(query, meant)
  const request = { query, operationName, variables: known(variables) }
  if (kind === 'subscription') return stoppable(signal => frames(request, headers, signal))
  const answer = await ask(request, headers)
  notice(answer.data, request.variables)
  return answer
}

// ---- GraphiQL's tabs can be dragged about, and in this release that goes wrong for tabs it is given at the start: they
// are moved aside as soon as the mouse goes down, and the click is lost. So they are not draggable here.

const noDragging = event => event.target.closest?.('.graphiql-tab') && event.stopPropagation()
addEventListener('pointerdown', noDragging, { capture: true })

// ---- GraphiQL keeps its tabs with the window, and its history, theme and layout with the browser.

const perWindow = key => /:(tabState|query|variables|headers)$/.test(key)
const storage = {
  getItem: key => (perWindow(key) ? sessionStorage : localStorage).getItem(key),
  setItem: (key, value) => (perWindow(key) ? sessionStorage : localStorage).setItem(key, value),
  removeItem: key => (perWindow(key) ? sessionStorage : localStorage).removeItem(key),
  clear() {
    sessionStorage.clear()
    localStorage.clear()
  },
  get length() {
    return sessionStorage.length + localStorage.length
  },
}

const defaultTabs = tabs.map(({ query, variables }) => ({ query, variables: filledIn(variables) ?? '' }))

// GraphiQL writes its editors down apart from its tabs, and opens one more tab after a reload where the two differ.
const state = JSON.parse(storage.getItem('graphiql:tabState') ?? 'null')
const active = state?.tabs[state.activeTabIndex] ?? defaultTabs[0]
for (const part of ['query', 'variables', 'headers']) storage.setItem(`graphiql:${part}`, active[part] ?? '')

YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  title: 'WellWon',
  logo,
  fetcher,
  storage,
  defaultTabs,
  // The page's own would write each keystroke into the address.
  onEditQuery: () => undefined,
})
