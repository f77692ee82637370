import './access.ts'

export { ProfileUpdated } from './profile.ts'
export { User, users } from './user.ts'
export { SessionNode, Viewer, type ViewerView, viewerView } from './viewer.ts'
