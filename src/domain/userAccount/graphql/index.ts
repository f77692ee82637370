import './access.ts'
import './register.ts'

export { Presence, presenceNow, presenceOf } from './presence.ts'
export { ProfileUpdated } from './profile.ts'
export { User, users } from './user.ts'
export { Viewer, viewerView } from './viewer.ts'
