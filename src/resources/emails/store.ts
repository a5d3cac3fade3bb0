/** The store of the mailbox: the latest emails that the real service would have sent. */
import type { Database, Statement } from '../../store/database.js'
import type { EmailsRow } from '../../store/rows.gen.js'
import type { EmailType } from '../../rules/email-types.js'
import { asHtml, asText, type EmailContent } from './templates.js'

type Parsed = 'type' | 'smtp_status' | 'content'

/** An e-mail without its content. */
export type ListedEmail = Omit<EmailsRow, 'seq' | Parsed> & {
  type: EmailType
  smtp_status: SmtpStatus | null
}

export type NewEmail = ListedEmail & { content: EmailContent }

export type Email = ListedEmail & { text: string, html: string }

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
  /** The mailbox keeps the latest 500. */
  insert (email: NewEmail): void
  find (emailId: string): Email | undefined
  /** E-mails whose next attempt is due, the earliest first. */
  unsent (nowMs: number, limit: number): Email[]
  /** Writes the outcome of an attempt: null for success, otherwise the reason and when to repeat it; null gives up. */
  recordAttempt (emailId: string, error: string | null, dueAtMs: number | null): void
  /** Newest first. */
  list (filter: EmailFilter, limit: number, offset: number): ListedEmail[]
}

const KEPT_MAX = 500
/** Older e-mails are not shown, and deleted together, because each deletion writes their pages again. */
const DELETE_EVERY = 50

const LISTED = ['email_id', 'type', 'sender', 'recipient', 'subject', 'customer_id', 'payment_id', 'subscription_id', 'grant_id',
  'created_at', 'smtp_status', 'smtp_due_ms', 'smtp_attempts', 'smtp_error'] as const
const COLUMNS = [...LISTED, 'content'] as const

type Row = Omit<EmailsRow, 'seq'>
type ListedRow = Omit<Row, 'content'>

/** The filters of columns. A search needs the text. */
const CONDITIONS: Record<Exclude<keyof EmailFilter, 'search'>, string> = {
  type: 'type = ?',
  to: 'recipient = ? COLLATE NOCASE',
  customer_id: 'customer_id = ?',
  payment_id: 'payment_id = ?',
  subscription_id: 'subscription_id = ?',
  grant_id: 'grant_id = ?'
}

const IS_KEPT = `seq > (SELECT max(seq) FROM emails) - ${KEPT_MAX}`

export function emailsStore (database: Database): EmailsStore {
  const insert = database.prepare(`INSERT INTO emails (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`)
  const drop = database.prepare('DELETE FROM emails WHERE seq <= ?')
  const find = database.prepare<[string], Row>(`SELECT ${COLUMNS.join(', ')} FROM emails WHERE email_id = ? AND ${IS_KEPT}`)
  const unsent = database.prepare<[number, number], Row>(
    `SELECT ${COLUMNS.join(', ')} FROM emails WHERE smtp_due_ms <= ? AND ${IS_KEPT} ORDER BY smtp_due_ms, seq LIMIT ?`)
  const recordAttempt = database.prepare(`UPDATE emails
    SET smtp_status = ?, smtp_due_ms = ?, smtp_error = ?, smtp_attempts = smtp_attempts + ? WHERE email_id = ?`)
  const prepared = new Map<string, Statement<unknown[], Row>>()

  function rows ({ search: _, ...filter }: EmailFilter, limit: number, offset: number): Row[] {
    const names = (Object.keys(CONDITIONS) as Array<keyof typeof CONDITIONS>).filter(name => filter[name] !== undefined)
    const where = [IS_KEPT, ...names.map(name => CONDITIONS[name])].join(' AND ')
    const sql = `SELECT ${COLUMNS.join(', ')} FROM emails WHERE ${where} ORDER BY seq DESC LIMIT ? OFFSET ?`
    const statement = prepared.get(sql) ?? database.prepare<unknown[], Row>(sql)
    prepared.set(sql, statement)
    return statement.all(...names.map(name => filter[name]), limit, offset)
  }

  return {
    insert (email) {
      const row = { ...email, content: JSON.stringify(email.content) }
      const seq = Number(insert.run(...COLUMNS.map(column => row[column])).lastInsertRowid)
      if (seq % DELETE_EVERY === 0) drop.run(seq - KEPT_MAX)
    },
    find (emailId) {
      const row = find.get(emailId)
      return row && read(row)
    },
    unsent: (nowMs, limit) => unsent.all(nowMs, limit).map(read),
    recordAttempt (emailId, error, dueAtMs) {
      const status: SmtpStatus = error === null ? 'sent' : dueAtMs === null ? 'failed' : 'waiting'
      recordAttempt.run(status, error === null ? null : dueAtMs, error, error === null ? 0 : 1, emailId)
    },
    list (filter, limit, offset) {
      const { search } = filter
      if (search === undefined) return rows(filter, limit, offset).map(listed)
      const isFound = ({ subject, recipient, text }: Email) =>
        `${subject}\n${recipient}\n${text}`.toLowerCase().includes(search.toLowerCase())
      return rows(filter, KEPT_MAX, 0).map(read).filter(isFound).slice(offset, offset + limit)
    }
  }
}

function listed ({ content: _, ...row }: ListedRow & { content?: string }): ListedEmail {
  return { ...row, type: row.type as EmailType, smtp_status: row.smtp_status as SmtpStatus | null }
}

function read (row: Row): Email {
  const content: EmailContent = JSON.parse(row.content)
  return { ...listed(row), text: asText(content.blocks, row.sender), html: asHtml(row.subject, content, row.sender) }
}
