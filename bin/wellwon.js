#!/usr/bin/env node
// `npx wellwon <command>` from a clone: the tool is TypeScript, and tsx reads it.
import { register } from 'tsx/esm/api'

register()
await import('../src/cli.ts')
