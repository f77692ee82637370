// `npm start`: the server, the worker or both (ROLE).
import { run } from './build.js'

await run('main')
