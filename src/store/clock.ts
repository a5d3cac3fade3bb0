/** Where a sandbox's clock stands, kept over restarts. */
import type { ClockState } from '../clock.js'
import type { Database } from './database.js'

export interface ClockStore {
  read (): ClockState
  write (state: ClockState): void
}

export function clockStore (database: Database): ClockStore {
  const read = database.prepare<[], ClockState>('SELECT offset_us, frozen_at FROM clock')
  const write = database.prepare('UPDATE clock SET offset_us = ?, frozen_at = ?')
  const insert = database.prepare('INSERT INTO clock (offset_us, frozen_at) VALUES (?, ?)')
  return {
    read: () => read.get() ?? { offset_us: 0, frozen_at: null },
    write ({ offset_us: offset, frozen_at: frozen }) {
      if (write.run(offset, frozen).changes === 0) insert.run(offset, frozen)
    }
  }
}
