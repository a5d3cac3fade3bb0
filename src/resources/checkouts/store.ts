/** The store of checkout sessions. */
import type { Database } from '../../store/database.js'
import type { CheckoutSessionsRow } from '../../store/rows.gen.js'
import type { Terms } from './terms.js'

export type Session = Omit<CheckoutSessionsRow, 'terms'> & { terms: Terms }

export type NewSession = Omit<Session, 'seq' | 'payment_id'>

/** `open` until the customer submits their details, then `submitted`; `expired` if they did not in time. */
export type SessionState = 'open' | 'submitted' | 'expired'

export interface CheckoutsStore {
  /** Returns the session's sequence number, from which its short link is derived. */
  insert (session: NewSession): number
  find (sessionId: string): Session | undefined
  findBySeq (seq: number): Session | undefined
  /** Newest first. A null state means any. */
  list (state: SessionState | null, nowUs: number, limit: number, offset: number): Session[]
  setExpiry (sessionId: string, at: number): void
  /** Stores the session's payment. */
  setPayment (sessionId: string, paymentId: string): void
}

export function checkoutsStore (database: Database): CheckoutsStore {
  const insert = database.prepare(
    'INSERT INTO checkout_sessions (session_id, created_at, expires_at, secret, terms) VALUES (?, ?, ?, ?, ?)')
  const find = database.prepare<[string], CheckoutSessionsRow>('SELECT * FROM checkout_sessions WHERE session_id = ?')
  const findBySeq = database.prepare<[number], CheckoutSessionsRow>('SELECT * FROM checkout_sessions WHERE seq = ?')
  const list = database.prepare<[number, number], CheckoutSessionsRow>(listSql(null))
  const submitted = database.prepare<[number, number], CheckoutSessionsRow>(listSql('s.payment_id IS NOT NULL'))
  const open = database.prepare<[number, number, number], CheckoutSessionsRow>(
    listSql('s.payment_id IS NULL AND s.expires_at > ?'))
  const expired = database.prepare<[number, number, number], CheckoutSessionsRow>(
    listSql('s.payment_id IS NULL AND s.expires_at <= ?'))
  const setExpiry = database.prepare('UPDATE checkout_sessions SET expires_at = ? WHERE session_id = ?')
  const setPayment = database.prepare('UPDATE checkout_sessions SET payment_id = ? WHERE session_id = ?')
  return {
    insert ({ session_id: id, created_at: createdAt, expires_at: expiresAt, secret, terms }) {
      return Number(insert.run(id, createdAt, expiresAt, secret, JSON.stringify(terms)).lastInsertRowid)
    },
    find: sessionId => read(find.get(sessionId)),
    findBySeq: seq => read(findBySeq.get(seq)),
    list (state, nowUs, limit, offset) {
      const rows = state === null
        ? list.all(limit, offset)
        : state === 'submitted'
          ? submitted.all(limit, offset)
          : (state === 'open' ? open : expired).all(nowUs, limit, offset)
      return rows.map(row => read(row))
    },
    setExpiry: (sessionId, at) => { setExpiry.run(at, sessionId) },
    setPayment: (sessionId, paymentId) => { setPayment.run(paymentId, sessionId) }
  }
}

function listSql (condition: string | null): string {
  const where = condition === null ? '' : `WHERE ${condition}`
  return `SELECT s.* FROM checkout_sessions s ${where} ORDER BY s.seq DESC LIMIT ? OFFSET ?`
}

function read (row: CheckoutSessionsRow): Session
function read (row: CheckoutSessionsRow | undefined): Session | undefined
function read (row: CheckoutSessionsRow | undefined): Session | undefined {
  return row && { ...row, terms: JSON.parse(row.terms) }
}
