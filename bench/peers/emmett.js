import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'
import { answer } from '../programs/answer.ts'

let store
const data = { text: 'x'.repeat(280) }

answer({
  async open({ connectionString }) {
    store = getPostgreSQLEventStore(connectionString)
    await store.schema.migrate()
  },
  async run({ clients, seconds }) {
    let appended = 0
    const began = performance.now()
    // Each client has streams of its own: two that append to the same one at a time make it throw.
    const client = async (_, number) => {
      while (performance.now() - began < seconds * 1_000) {
        const stream = `chat-${number}-${Math.floor((Math.random() * 200) / clients)}`
        await store.appendToStream(stream, [{ type: 'MessageSent', data }])
        appended++
      }
    }
    await Promise.all(Array.from({ length: clients }, client))
    return appended / ((performance.now() - began) / 1_000)
  },
})
