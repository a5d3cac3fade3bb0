/** The store of moderation: how many texts and images were screened on each day. */
import type { Database } from '../../store/database.js'

export interface ScreensOfDay {
  /** `2026-01-31`, in UTC. */
  date: string
  screens: number
}

export interface ModerationStore {
  count (day: string): void
  /** Oldest first. */
  days (): ScreensOfDay[]
}

export function moderationStore (database: Database): ModerationStore {
  const count = database.prepare(
    'INSERT INTO moderation_screens (day, screens) VALUES (?, 1) ON CONFLICT DO UPDATE SET screens = screens + 1')
  const days = database.prepare<[], ScreensOfDay>('SELECT day AS date, screens FROM moderation_screens ORDER BY day')
  return {
    count: day => { count.run(day) },
    days: () => days.all()
  }
}
