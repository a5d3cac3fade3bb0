/** The store of the blocklist: its entries, their notes, and the subscriptions that a block cancels. */
import type { Schemas } from '../../contract/operations.js'
import { createSingle } from '../../store/cache.js'
import type { Database } from '../../store/database.js'
import type { BlocklistEntriesRow, BlocklistNotesRow } from '../../store/rows.gen.js'

export type BlocklistEntry = Omit<BlocklistEntriesRow, 'seq' | 'source'> & { source: Schemas['BlockedCustomerSource'] }

export type BlocklistNote = Omit<BlocklistNotesRow, 'seq'>

/** `identifier` is a part of the e-mail address or of the customer's id, and ignores case. */
export interface BlocklistFilter {
  created_at_gte?: number
  created_at_lte?: number
  blocked_by_email?: string
  identifier?: string
}

export interface BlocklistStore {
  find (entryId: string): BlocklistEntry | undefined
  /** The entry that blocks an e-mail address. Ignores case. */
  findBlocked (email: string): BlocklistEntry | undefined
  insert (entry: BlocklistEntry): void
  unblock (entryId: string, at: number): void
  /** Blocked customers, newest first. */
  list (filter: BlocklistFilter, limit: number, offset: number): BlocklistEntry[]
  /** The subscriptions that have not ended, of all customers with this e-mail address, oldest first. */
  subscriptionsOf (email: string): string[]
  insertNote (note: BlocklistNote): void
  findNote (entryId: string, noteId: string): BlocklistNote | undefined
  updateNote (note: BlocklistNote): void
  /** The notes of an entry, oldest first. */
  notesOf (entryId: string): BlocklistNote[]
}

const COLUMNS = [
  'entry_id', 'customer_id', 'email', 'identifier', 'source', 'blocked_by_email', 'reason', 'created_at', 'unblocked_at'
] as const
const NOTE_COLUMNS = ['note_id', 'entry_id', 'note', 'author_email', 'created_at', 'updated_at'] as const

export function blocklistStore (database: Database): BlocklistStore {
  const columns = COLUMNS.join(', ')
  const find = database.prepare<[string], BlocklistEntry>(`SELECT ${columns} FROM blocklist_entries WHERE entry_id = ?`)
  const blocked = database.prepare<[], BlocklistEntry>(`SELECT ${columns} FROM blocklist_entries WHERE unblocked_at IS NULL`)
  const insert = database.prepare(
    `INSERT INTO blocklist_entries (${columns}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const unblock = database.prepare('UPDATE blocklist_entries SET unblocked_at = ? WHERE entry_id = ?')
  const list = database.prepare<[Record<string, unknown>], BlocklistEntry>(`SELECT ${columns} FROM blocklist_entries
    WHERE unblocked_at IS NULL AND created_at >= @from AND created_at <= @until
    AND (@by IS NULL OR blocked_by_email = @by)
    AND (@part IS NULL OR instr(lower(email), lower(@part)) > 0 OR instr(lower(customer_id), lower(@part)) > 0)
    ORDER BY created_at DESC, seq DESC LIMIT @limit OFFSET @offset`)
  const subscriptions = database.prepare<[string], string>(`SELECT s.subscription_id FROM subscriptions s
    JOIN customers c USING (customer_id) WHERE c.email = ? COLLATE NOCASE
    AND s.status IN ('pending', 'active', 'on_hold', 'paused', 'past_due') ORDER BY s.created_at, s.seq`).pluck()
  const notes = notesStore(database)
  // POST /payments asks for every customer, and the list is usually empty.
  const byEmail = createSingle(database, () => new Map(blocked.all().map(entry => [entry.email.toLowerCase(), entry])))
  return {
    ...notes,
    find: entryId => find.get(entryId),
    findBlocked: email => byEmail.get().get(email.toLowerCase()),
    insert (entry) {
      byEmail.clear()
      insert.run(...COLUMNS.map(column => entry[column]))
    },
    unblock (entryId, at) {
      byEmail.clear()
      unblock.run(at, entryId)
    },
    list ({ created_at_gte: from = 0, created_at_lte: until = Number.MAX_SAFE_INTEGER, ...rest }, limit, offset) {
      const { blocked_by_email: by = null, identifier: part = null } = rest
      return list.all({ from, until, by, part, limit, offset })
    },
    subscriptionsOf: email => subscriptions.all(email)
  }
}

function notesStore (database: Database): Pick<BlocklistStore, 'insertNote' | 'findNote' | 'updateNote' | 'notesOf'> {
  const columns = NOTE_COLUMNS.join(', ')
  const insert = database.prepare(
    `INSERT INTO blocklist_notes (${columns}) VALUES (${NOTE_COLUMNS.map(() => '?').join(', ')})`)
  const find = database.prepare<[string, string], BlocklistNote>(
    `SELECT ${columns} FROM blocklist_notes WHERE entry_id = ? AND note_id = ?`)
  const update = database.prepare('UPDATE blocklist_notes SET note = ?, updated_at = ? WHERE note_id = ?')
  const list = database.prepare<[string], BlocklistNote>(`SELECT ${columns} FROM blocklist_notes WHERE entry_id = ? ORDER BY seq`)
  return {
    insertNote: note => { insert.run(...NOTE_COLUMNS.map(column => note[column])) },
    findNote: (entryId, noteId) => find.get(entryId, noteId),
    updateNote: ({ note_id: id, note, updated_at: at }) => { update.run(note, at, id) },
    notesOf: entryId => list.all(entryId)
  }
}
