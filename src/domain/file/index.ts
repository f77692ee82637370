import type { Domain } from '../../kernel/domain.ts'
import { file } from './file.ts'
import { fileList } from './projections.ts'

/** What people send each other besides words: announced, sent, looked into, ready. */
export const fileDomain: Domain = { name: 'file', deciders: [file], projections: [fileList] }
