import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { answer } from '../programs/answer.ts'
import { schema } from './schema.js'

const server = new ApolloServer({ schema })

answer({
  async listen() {
    const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } })
    return Number(new URL(url).port)
  },
})
