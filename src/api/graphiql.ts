import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { tabs } from './tabs.ts'

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="28" height="28">
  <path fill="#7c3aed" d="M6 4h20a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H14l-7 6v-6H6a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z"/>
  <path fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" d="M8 10l3.5 8L16 11l4.5 7L24 10"/>
</svg>`

/** JSON that may stand inside a script element. */
const inScript = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')

const workerUrls = (editor: string, json: string, graphql: string) => `{
  const workerUrl = code => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
  const editor = workerUrl(${inScript(editor)})
  const workers = { json: workerUrl(${inScript(json)}), graphql: workerUrl(${inScript(graphql)}) }
  self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_, label) => workers[label] ?? editor }
}`

/** A script of ours, in a block of its own so that its names meet no others. */
const own = (file: string) => `{\n${readFileSync(new URL(file, import.meta.url), 'utf8')}}`

async function render(): Promise<string> {
  // Loaded here because it costs 0.2 s and 85 MB, which a process that shows GraphiQL to nobody does not spend.
  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql')
  const { css, js, editorWorkerService, jsonWorker, graphqlWorker } = graphiql
  const workers = workerUrls(editorWorkerService, jsonWorker, graphqlWorker)
  const ours = ['graphiql-memory.js', 'graphiql-fetcher.js'].map(own)
  const scripts = [workers, js, `globalThis.wellwon = ${inScript({ tabs, logo })}`, ...ours]
  const hash = (script: string) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`
  // The browser itself holds the promise that nothing leaves the origin.
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(' ')} blob:`,
    'worker-src blob:',
    "connect-src 'self'",
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>WellWon: GraphiQL</title>
<link rel="icon" href="data:image/svg+xml;base64,${Buffer.from(logo).toString('base64')}">
<style>${css}
/* A tab given at the start jumps away under the mouse, so that no click reaches it: see graphiql-fetcher.js. */
.graphiql-tab { transform: none !important }
</style>
</head>
<body>
<noscript>GraphiQL needs JavaScript.</noscript>
<div id="root"></div>
${scripts.map(script => `<script>${script}</script>`).join('\n')}
</body>
</html>
`
}

let page: Promise<Buffer> | undefined

/**
 * The GraphiQL page: one HTML document that asks nothing of any other address, 9 MB, packed to a quarter. To be sent as
 * `text/html; charset=utf-8` with `content-encoding: gzip`. Made and packed at first use, off the main thread, and kept.
 */
export const graphiqlPageGzip = (): Promise<Buffer> => (page ??= render().then(html => promisify(gzip)(html)))
