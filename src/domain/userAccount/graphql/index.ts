import './access.ts'
import './register.ts'
import './sessions.ts'

export { Presence, presenceNow, presenceOf } from './presence.ts'
export { ProfileUpdated } from './profile.ts'
export { ViewerUpdated } from './settings.ts'
export { User, users } from './user.ts'
export { Viewer, viewerView } from './viewer.ts'
