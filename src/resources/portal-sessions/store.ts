/** The store of customer portal sessions. A token opens its customer's page until it expires. */
import type { Database } from '../../store/database.js'
import type { PortalSessionsRow } from '../../store/rows.gen.js'

export type PortalSession = Omit<PortalSessionsRow, 'is_mailed'> & { is_mailed: boolean }

export interface PortalSessionsStore {
  /** Also deletes the sessions that ended before a time. */
  insert (session: PortalSession, endedBefore: number): void
  find (token: string): PortalSession | undefined
}

export function portalSessionsStore (database: Database): PortalSessionsStore {
  const insert = database.prepare(
    'INSERT INTO portal_sessions (token, customer_id, return_url, is_mailed, expires_at) VALUES (?, ?, ?, ?, ?)')
  const dropEnded = database.prepare('DELETE FROM portal_sessions WHERE expires_at < ?')
  const find = database.prepare<[string], PortalSessionsRow>('SELECT * FROM portal_sessions WHERE token = ?')
  return {
    insert ({ token, customer_id: customerId, return_url: returnUrl, is_mailed: isMailed, expires_at: expiresAt }, endedBefore) {
      dropEnded.run(endedBefore)
      insert.run(token, customerId, returnUrl, Number(isMailed), expiresAt)
    },
    find (token) {
      const row = find.get(token)
      return row && { ...row, is_mailed: row.is_mailed === 1 }
    }
  }
}
