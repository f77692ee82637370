import { and, asc, count, eq, gt, inArray, isNull, lt, ne } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { files } from './tables.ts'

type Db = NodePgDatabase

/** A file that is there, in whatever state. */
export interface FileView {
  nodeType: 'File'
  id: string
  ownerId: string
  state: 'PENDING' | 'READY' | 'REJECTED'
  name: string
  contentType: string
  /** Bytes. */
  size: number
  /** As its owner said, and when READY as it is. */
  sha256: string | null
  width: number | null
  height: number | null
  durationMs: number | null
  thumbnail: boolean
  previewHash: string | null
  rejectionReason: string | null
}

const toFile = ({ createdAt: _, settledAt: __, deletedAt: ___, ...row }: typeof files.$inferSelect): FileView => ({
  nodeType: 'File',
  ...row,
  name: row.name ?? 'Erased',
})

/** Files by id; null for those that are deleted. */
export async function filesByIds(db: Db, ids: readonly string[]): Promise<(FileView | null)[]> {
  const rows = await db
    .select()
    .from(files)
    .where(and(inArray(files.id, [...ids]), isNull(files.deletedAt)))
  const views = new Map(rows.map(row => [row.id, toFile(row)]))
  return ids.map(id => views.get(id) ?? null)
}

/** Of some files, those of somebody's own that are READY. */
export async function sendableFiles(
  db: Db,
  args: { ownerId: string; ids: readonly string[] },
): Promise<Pick<typeof files.$inferSelect, 'id' | 'name' | 'contentType'>[]> {
  return db
    .select({ id: files.id, name: files.name, contentType: files.contentType })
    .from(files)
    .where(
      and(
        inArray(files.id, [...args.ids]),
        eq(files.ownerId, args.ownerId),
        eq(files.state, 'READY'),
        isNull(files.deletedAt),
      ),
    )
}

/** Whether a file is a picture of somebody's own that has a thumbnail. */
export async function ownPicture(db: Db, args: { ownerId: string; id: string }): Promise<boolean> {
  const [file] = await filesByIds(db, [args.id])
  return file?.ownerId === args.ownerId && file.state === 'READY' && file.thumbnail
}

/** Ids of uploads that began before a moment and are still open, the oldest first. */
export async function openSince(db: Db, args: { before: Date; limit: number }): Promise<string[]> {
  const rows = await db
    .select({ id: files.id })
    .from(files)
    .where(and(eq(files.state, 'PENDING'), lt(files.createdAt, args.before), isNull(files.deletedAt)))
    .orderBy(asc(files.createdAt))
    .limit(args.limit)
  return rows.map(row => row.id)
}

/** Ids of files that became READY or REJECTED before a moment, in order, after one of them. */
export async function settledBefore(
  db: Db,
  args: { before: Date; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await db
    .select({ id: files.id })
    .from(files)
    .where(
      and(
        ne(files.state, 'PENDING'),
        lt(files.settledAt, args.before),
        isNull(files.deletedAt),
        args.after === null ? undefined : gt(files.id, args.after),
      ),
    )
    .orderBy(asc(files.id))
    .limit(args.limit)
  return rows.map(row => row.id)
}

/** How many uploads somebody has begun and not completed. */
export async function openUploads(db: Db, ownerId: string): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(files)
    .where(and(eq(files.ownerId, ownerId), eq(files.state, 'PENDING'), isNull(files.deletedAt)))
  return row?.n ?? 0
}

/** Ids of the files of somebody's own that are not deleted, in order, after one of them. */
export async function fileIdsOf(
  db: Db,
  args: { ownerId: string; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await db
    .select({ id: files.id })
    .from(files)
    .where(
      and(
        eq(files.ownerId, args.ownerId),
        isNull(files.deletedAt),
        args.after === null ? undefined : gt(files.id, args.after),
      ),
    )
    .orderBy(asc(files.id))
    .limit(args.limit)
  return rows.map(row => row.id)
}
