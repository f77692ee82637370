export * from './chats.ts'
export * from './edits.ts'
export * from './messages.ts'
export * from './participants.ts'
