/** The store of the mailbox: the latest emails that the real service would have sent. */
import type { Database, Statement } from '../../store/database.js'
import type { EmailsRow } from '../../store/rows.gen.js'
import type { EmailType } from '../../rules/email-types.js'

export type Email = Omit<EmailsRow, 'seq' | 'type' | 'smtp_status'> & {
  type: EmailType
  smtp_status: SmtpStatus | null
}

/** `waiting` also between two attempts. */
export type SmtpStatus = 'waiting' | 'sent' | 'failed'

export interface EmailFilter {
  type?: string
  to?: string
  /** A part of the subject, the recipient or the text, ignoring case. */
  search?: string
  customer_id?: string
  payment_id?: string
  subscription_id?: string
  grant_id?: string
}

export interface EmailsStore {
  /** Also deletes the oldest emails above the limit. */
  insert (email: Email): void
  find (emailId: string): Email | undefined
  /** E-mails whose next attempt is due, the earliest first. */
  unsent (nowMs: number, limit: number): Email[]
  /** Writes the outcome of an attempt: null for success, otherwise the reason and when to repeat it; null gives up. */
  recordAttempt (emailId: string, error: string | null, dueAtMs: number | null): void
  /** Newest first. */
  list (filter: EmailFilter, limit: number, offset: number): Email[]
}

const KEPT_MAX = 500

const COLUMNS = ['email_id', 'type', 'sender', 'recipient', 'subject', 'text', 'html', 'customer_id', 'payment_id',
  'subscription_id', 'grant_id', 'created_at', 'smtp_status', 'smtp_due_ms', 'smtp_attempts', 'smtp_error'] as const

const CONDITIONS: Record<keyof EmailFilter, string> = {
  type: 'type = ?',
  to: 'recipient = ? COLLATE NOCASE',
  search: 'instr(lower(subject || char(10) || recipient || char(10) || text), lower(?)) > 0',
  customer_id: 'customer_id = ?',
  payment_id: 'payment_id = ?',
  subscription_id: 'subscription_id = ?',
  grant_id: 'grant_id = ?'
}

export function emailsStore (database: Database): EmailsStore {
  const insert = database.prepare(`INSERT INTO emails (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const drop = database.prepare('DELETE FROM emails WHERE seq <= ?')
  const find = database.prepare<[string], Email>(`SELECT ${COLUMNS.join(', ')} FROM emails WHERE email_id = ?`)
  const unsent = database.prepare<[number, number], Email>(
    `SELECT ${COLUMNS.join(', ')} FROM emails WHERE smtp_due_ms <= ? ORDER BY smtp_due_ms, seq LIMIT ?`)
  const recordAttempt = database.prepare(`UPDATE emails
    SET smtp_status = ?, smtp_due_ms = ?, smtp_error = ?, smtp_attempts = smtp_attempts + ? WHERE email_id = ?`)
  const prepared = new Map<string, Statement<unknown[], Email>>()

  return {
    insert (email) {
      const { lastInsertRowid } = insert.run(...COLUMNS.map(column => email[column]))
      drop.run(Number(lastInsertRowid) - KEPT_MAX)
    },
    find: emailId => find.get(emailId),
    unsent: (nowMs, limit) => unsent.all(nowMs, limit),
    recordAttempt (emailId, error, dueAtMs) {
      const status: SmtpStatus = error === null ? 'sent' : dueAtMs === null ? 'failed' : 'waiting'
      recordAttempt.run(status, error === null ? null : dueAtMs, error, error === null ? 0 : 1, emailId)
    },
    list (filter, limit, offset) {
      const names = (Object.keys(CONDITIONS) as Array<keyof EmailFilter>).filter(name => filter[name] !== undefined)
      const where = names.length === 0 ? '' : `WHERE ${names.map(name => CONDITIONS[name]).join(' AND ')}`
      const sql = `SELECT ${COLUMNS.join(', ')} FROM emails ${where} ORDER BY seq DESC LIMIT ? OFFSET ?`
      const statement = prepared.get(sql) ?? database.prepare<unknown[], Email>(sql)
      prepared.set(sql, statement)
      return statement.all(...names.map(name => filter[name]), limit, offset)
    }
  }
}
