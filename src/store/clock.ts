/** Stores the state of a sandbox's clock. */
import type { StoredClock } from '../sandbox/clock.js'
import type { Database } from './database.js'

export interface ClockStore {
  read (): StoredClock
  write (clock: StoredClock): void
}

export function clockStore (database: Database): ClockStore {
  const read = database.prepare<[], StoredClock>('SELECT offset_us, frozen_at, reached_at FROM clock')
  const write = database.prepare('UPDATE clock SET offset_us = ?, frozen_at = ?, reached_at = ?')
  const insert = database.prepare('INSERT INTO clock (offset_us, frozen_at, reached_at) VALUES (?, ?, ?)')
  return {
    read: () => read.get() ?? { offset_us: 0, frozen_at: null, reached_at: 0 },
    write ({ offset_us: offset, frozen_at: frozen, reached_at: reached }) {
      if (write.run(offset, frozen, reached).changes === 0) insert.run(offset, frozen, reached)
    }
  }
}
