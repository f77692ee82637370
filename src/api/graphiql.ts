import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { css, editorWorkerService, graphqlWorker, js, jsonWorker } from '@graphql-yoga/render-graphiql/graphiql'
import { tabs } from './tabs.ts'

export { tabs } from './tabs.ts'

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="28" height="28">
  <path fill="#7c3aed" d="M6 4h20a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H14l-7 6v-6H6a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z"/>
  <path fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" d="M8 10l3.5 8L16 11l4.500 7L24 10"/>
</svg>`

/** JSON that may stand inside a script element. */
const inScript = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')

const workers = `
  const workerUrl = code => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
  const workers = {
    editorWorkerService: workerUrl(${inScript(editorWorkerService)}),
    json: workerUrl(${inScript(jsonWorker)}),
    graphql: workerUrl(${inScript(graphqlWorker)}),
  }
  self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_, label) => workers[label] ?? workers.editorWorkerService }
`

/** A script of ours, in a block of its own so that its names meet no others. */
const own = (file: string) => `{\n${readFileSync(new URL(file, import.meta.url), 'utf8')}}`

function render(): string {
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

let page: string | undefined
let zipped: Promise<Buffer> | undefined

/**
 * The GraphiQL page: one HTML document of about 9 MB that asks nothing of any other address. Made at first use and kept.
 * To be sent as `text/html; charset=utf-8`.
 */
export const graphiqlPage = (): string => (page ??= render())

/** The same page for `content-encoding: gzip`, about a quarter of the size. Packed once, off the main thread. */
export const graphiqlPageGzip = (): Promise<Buffer> => (zipped ??= promisify(gzip)(graphiqlPage()))
