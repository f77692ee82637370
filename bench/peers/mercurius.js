import Fastify from 'fastify'
import mercurius from 'mercurius'
import { answer } from '../programs/answer.ts'
import { schema } from './schema.js'

const app = Fastify()
app.register(mercurius, { schema, jit: 1 })

answer({
  async listen() {
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server.address().port
  },
})
