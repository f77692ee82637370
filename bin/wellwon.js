#!/usr/bin/env node
// `npx wellwon <command>` from a clone.
import { run } from './build.js'

await run('cli')
