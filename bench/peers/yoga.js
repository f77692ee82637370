import { createServer } from 'node:http'
import { createYoga } from 'graphql-yoga'
import { answer } from '../programs/answer.ts'
import { schema } from './schema.js'

const server = createServer(createYoga({ schema, logging: false }))

answer({ listen: () => new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server.address().port))) })
