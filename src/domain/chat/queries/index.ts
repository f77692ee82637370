export * from './chats.ts'
export * from './messages.ts'
export * from './participants.ts'
