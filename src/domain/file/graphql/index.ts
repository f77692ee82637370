import './upload.ts'

export { File, FileList, files } from './file.ts'
