/** Shared parts of the control pages: their tabs, and durations as text. */
import { html } from 'ghtml'
import { plural } from '../../rules/text.js'
import type { Fragment } from '../layout.js'
import { pathOf } from './links.js'
import type { PageContext } from './page.js'
import { heading, tabs } from './parts.js'

export const CONTROLS = {
  clock: pathOf('controls'),
  faults: pathOf('controls', 'faults'),
  data: pathOf('controls', 'data'),
  sandboxes: pathOf('controls', 'sandboxes')
} as const

const TABS = [
  [CONTROLS.clock, 'Clock'], [CONTROLS.faults, 'Faults'], [CONTROLS.data, 'Data'], [CONTROLS.sandboxes, 'Sandboxes']
] as const

export function controlsHead (page: PageContext, here: keyof typeof CONTROLS): Fragment {
  return html`!${heading('Controls')}
!${tabs(page, 'Controls', TABS, CONTROLS[here])}`
}

const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1000]] as const
const PARTS_MAX = 2

/** A duration with its two largest units: `1 day 1 hour`, `5 minutes`. */
export function durationText (ms: number): string {
  let rest = Math.round(ms)
  if (rest < 1000) return `${rest} ms`
  const parts: string[] = []
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length)
    rest %= length
    if (count > 0) parts.push(plural(count, unit))
  }
  return parts.slice(0, PARTS_MAX).join(' ')
}
