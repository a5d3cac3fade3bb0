/** The controls of the dashboard, and their effect as the control API reports it. */
import type { Visitor } from './dashboard-visitor.js'

export const CLOCK = '/dashboard/controls'
export const FAULTS = '/dashboard/controls/faults'
export const DATA = '/dashboard/controls/data'
export const SANDBOXES = '/dashboard/controls/sandboxes'
export const HOSTILE = '"><script>alert(1)</script>'

interface Clock { now: string, frozen: boolean, due: number, next_due_at: string | null }
interface Fault { kind: string, preset: string | null, operation: string, remaining: number | null, [name: string]: unknown }

export const clockOf = ({ get }: Visitor) => get<Clock>('/_emulator/clock')
export const faultsOf = async ({ get }: Visitor) => (await get<{ items: Fault[] }>('/_emulator/faults')).items
export const sandboxesOf = async ({ get }: Visitor) =>
  (await get<{ items: Array<{ name: string }> }>('/_emulator/sandboxes')).items.map(({ name }) => name)
