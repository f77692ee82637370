import '../domain/chat/graphql/index.ts'
import '../domain/file/graphql/index.ts'
import '../domain/company/graphql/index.ts'
import '../domain/messageTemplate/graphql.ts'
import '../domain/notification/graphql/index.ts'
import '../domain/userAccount/graphql/index.ts'
import '../graph/errors.ts'
import '../graph/node.ts'
import '../graph/scalars.ts'
import './company-feed.ts'
import './edges.ts'
import './edges/add-company-member.ts'
import './edges/company.ts'
import './edges/files.ts'
import './edges/templates.ts'
import './edges/notifications.ts'
import './inbox.ts'
import './presence.ts'
import { DirectiveLocation, GraphQLDirective, type GraphQLSchema, specifiedDirectives } from 'graphql'
import { builder } from '../graph/builder.ts'

const viewer = new GraphQLDirective({
  name: 'viewer',
  description: 'Depends on who asks: never part of a frame that subscribers share.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
})

/** All of the API, assembled. */
export const schema: GraphQLSchema = builder.toSchema({ directives: [...specifiedDirectives, viewer] })
