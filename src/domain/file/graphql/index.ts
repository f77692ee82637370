import './upload.ts'
