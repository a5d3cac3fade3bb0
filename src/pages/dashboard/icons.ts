/** The icons of the dashboard, drawn as strokes. They are decorative: each has a text beside it. */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'

export const ICONS = {
  brand: 'M6 6h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2M4 10.5h16M7.5 14.5h4',
  overview: 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  requests: 'M4 8h14M14 4l4 4l-4 4M20 16H6M10 12l-4 4l4 4',
  controls: 'M5 7h8M17 7h2M5 17h2M11 17h8M15 5v4M9 15v4',
  clock: 'M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 8v4l2.5 2',
  done: 'M5 12.5l4.5 4.5L19 7.5',
  copy: 'M9 9h10v10H9zM15 9V5H5v10h4',
  menu: 'M4 7h16M4 12h16M4 17h16',
  below: 'M7 10l5 5l5-5',
  open: 'M13 5h6v6M19 5l-8 8M17 14v5H5V7h5',
  search: 'M11 5a6 6 0 1 0 0 12a6 6 0 0 0 0-12M15.5 15.5L20 20'
}

export type IconName = keyof typeof ICONS

export function icon (name: IconName): Fragment {
  return drawing(ICONS[name])
}

/** An icon from its SVG path, in a square of 24 units. */
export function drawing (path: string): Fragment {
  return html`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"
stroke-linejoin="round" aria-hidden="true"><path d="${path}"/></svg>`
}
