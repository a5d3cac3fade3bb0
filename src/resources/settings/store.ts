/** The store of the settings of the business. Only changed settings are stored; the others have their defaults. */
import { createSingle } from '../../store/cache.js'
import type { Database } from '../../store/database.js'
import { DEFAULT_SETTINGS, type BusinessSettings } from './defaults.js'

export interface BusinessSettingsStore {
  read (): Readonly<BusinessSettings>
  /** Writes the given settings and keeps the others. */
  change (changes: Partial<BusinessSettings>): void
}

export function businessSettingsStore (database: Database): BusinessSettingsStore {
  const read = database.prepare<[], string>('SELECT settings FROM billing_settings').pluck()
  const clear = database.prepare('DELETE FROM billing_settings')
  const write = database.prepare('INSERT INTO billing_settings (settings) VALUES (?)')
  const stored = (): Partial<BusinessSettings> => JSON.parse(read.get() ?? '{}')
  const current = createSingle(database, () => ({ ...DEFAULT_SETTINGS, ...stored() }))
  return {
    read: current.get,
    change (changes) {
      const next = { ...stored(), ...changes }
      clear.run()
      write.run(JSON.stringify(next))
      current.clear()
    }
  }
}
