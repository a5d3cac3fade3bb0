/** The signs of the dashboard, drawn with one stroke; decoration, because words stand beside them. */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'

const PATHS = {
  brand: 'M6 6h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2M4 10.5h16M7.5 14.5h4',
  overview: 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  payments: 'M3.5 7h17v10h-17zM3.5 10.5h17M7 14h3',
  checkouts: 'M4 5h2l2 10h9l2-7H7M9 19.5h.01M16 19.5h.01',
  customers: 'M12 12a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7M5 19.5c.7-3.3 3.5-5 7-5s6.3 1.7 7 5',
  products: 'M4 8l8-4l8 4v8l-8 4l-8-4zM4 8l8 4l8-4M12 12v8',
  discounts: 'M12.5 4H20v7.5L12 19.5L4.5 12zM16 8h.01',
  webhooks: 'M12 4a4 4 0 0 1 3.5 6l2.5 4.5M12 8l-3.5 6.5M6 13.5a3.5 3.5 0 1 0 3.8 3.5h6.7M18 20a3 3 0 1 0-1.5-5.5',
  requests: 'M4 8h14M14 4l4 4l-4 4M20 16H6M10 12l-4 4l4 4',
  controls: 'M5 7h8M17 7h2M5 17h2M11 17h8M15 5v4M9 15v4',
  clock: 'M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 8v4l2.5 2',
  done: 'M5 12.5l4.5 4.5L19 7.5',
  copy: 'M9 9h10v10H9zM15 9V5H5v10h4',
  open: 'M13 5h6v6M19 5l-8 8M17 14v5H5V7h5',
  search: 'M11 5a6 6 0 1 0 0 12a6 6 0 0 0 0-12M15.5 15.5L20 20'
}

export type IconName = keyof typeof PATHS

export function icon (name: IconName): Fragment {
  return html`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"
stroke-linejoin="round" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`
}
