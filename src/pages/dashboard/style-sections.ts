/** Styles for elements that only single sections of the dashboard have, as text. */
import { CONTROLS } from './style-controls.js'
import { MESSAGES } from './style-messages.js'

const PAYMENT = `
.enders { align-items: start; border-top: 1px solid var(--line); padding-top: 1rem; }
.choices { display: grid; gap: 0.6rem; }
.choices > li { display: grid; grid-template-columns: minmax(0, 1fr) 7rem; gap: 0.25rem 0.75rem; align-items: center; }
.choices .problem { grid-column: 1 / -1; }
.note { display: grid; gap: 0.6rem; }
.timeline .more { font-size: 0.8125rem; }
.timeline .more ul { display: grid; gap: 0.2rem; }
`

// Of a form with fields for several kinds, those of the kinds that are not chosen.
const CATALOG = `
.kind { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 78rem) { .columns.even { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }
.line { display: grid; gap: 0.5rem 0.75rem; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: end; }
.line > :first-child { grid-column: 1 / -1; }
@media (min-width: 40rem) { .line { grid-template-columns: 6rem minmax(0, 1fr) auto; } }
.picture { display: block; max-width: 100%; max-height: 12rem; margin-bottom: 1rem; border-radius: var(--radius, 8px); }
/* Fields of a product's add-ons and credits. */
.line > .extras { grid-column: 1 / -1; }
.extras:empty { display: none; }
.line + .line { padding-top: 1rem; border-top: 1px solid var(--line); }
.boxes {
  display: grid; gap: 0.5rem 1rem; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); max-height: 15rem;
  overflow-y: auto;
}
.sums .total > * { font-weight: 700; }
.sums tfoot tr:not(:first-child, .total) > * { border-top: 0; }
.sums tfoot tr:not(.total) > * { font-weight: 400; }
.entries { display: grid; gap: 0.75rem; }
.entries > li { display: grid; gap: 0.35rem; justify-items: start; }
.stack:has(option[value=one_time_price]:checked) .recurring, .stack:has(option[value=recurring_price]:checked) .one-time,
.stack:has(option[value=flat]:checked) .percentage, .stack:has(option[value=percentage]:checked) .flat { display: none; }
`

const PRICE = `
.facts .figure { white-space: normal; }
.lead { margin-top: 0.25rem; overflow-wrap: anywhere; }
.pad.hint + .pad.hint { padding-top: 0; }
.heading h1 > span:not(.tag) { font-variant-numeric: tabular-nums; }
.price-line { display: flex; justify-content: space-between; gap: 1rem; padding: 0.55rem 1.125rem; font-size: 0.875rem; }
.price-line .amount { font-variant-numeric: tabular-nums; white-space: nowrap; }
summary.price-line { cursor: pointer; list-style: none; }
summary.price-line .name::after { content: " ▸"; color: var(--quiet); }
[open] > summary.price-line .name::after { content: " ▾"; }
.price-lines > * + * { border-top: 1px solid var(--line); }
.price-lines > :last-child .price-line, .price-lines > .price-line:last-child { font-weight: 650; }
.price-lines ol { display: grid; gap: 0.3rem; padding: 0 1.125rem 0.75rem; color: var(--quiet); }
.price-lines li { font-size: 0.8125rem; font-weight: 400; }
`

const MAILBOX = `
.mailbox { display: grid; gap: 1.25rem; align-items: start; grid-template-columns: minmax(0, 1fr); }
.mailbox .no-message, .mailbox.open > #listed { display: none; }
.no-message { padding: 3rem 1.125rem; text-align: center; }
.messages a {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.1rem 0.75rem; padding: 0.6rem 1.125rem; color: inherit;
  text-decoration: none; font-size: 0.875rem; overflow-wrap: anywhere;
}
.messages a > :nth-child(n + 3) { grid-column: 1 / -1; }
.messages strong {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; overflow: hidden;
}
.messages li + li { border-top: 1px solid var(--line); }
.messages a:hover { background: var(--sunken); }
.messages a[aria-current] { background: var(--tint); box-shadow: inset 3px 0 var(--accent); }
.messages .under, .messages time { color: var(--quiet); font-size: 0.8125rem; }
iframe {
  display: block; width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: 0.6rem; background: #ffffff;
  resize: vertical; color-scheme: light;
}
@media (min-width: 70rem) {
  .mailbox { grid-template-columns: minmax(18rem, 2fr) minmax(0, 3fr); }
  .mailbox .no-message, .mailbox.open > #listed { display: block; }
}
`

const BALANCE = `
.balance { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; }
.balance strong { font-size: 1.75rem; font-variant-numeric: tabular-nums; }
`

const CHART = `
.chart { display: grid; gap: 0.5rem; grid-template-columns: minmax(0, 1fr); font-size: 0.8125rem; --tone: var(--accent); }
.chart .plot { position: relative; margin-top: 1.2rem; border-top: 1px dashed var(--line); }
.chart svg { display: block; width: 100%; height: 9rem; overflow: visible; }
.chart path { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.chart .base { stroke: var(--edge); stroke-width: 1; }
.chart .line { stroke: var(--tone); stroke-width: 2; }
.chart .dot { stroke-width: 7; stroke-linecap: round; }
.chart .area { fill: var(--tone); opacity: 0.1; }
.chart .bar { fill: var(--tone); }
.chart .threshold { stroke: var(--wait); stroke-width: 1.5; stroke-dasharray: 6 4; }
.chart :is(.high, .lowest) {
  position: absolute; left: 0; padding: 0 0.25rem; background: var(--surface); color: var(--quiet); line-height: 1.4;
  font-variant-numeric: tabular-nums;
}
.chart .high { top: -1.2rem; padding: 0; }
.chart .lowest { bottom: 0; }
.chart .no-data { position: absolute; inset: 40% 0 auto; text-align: center; color: var(--quiet); }
.chart .axis { display: flex; justify-content: space-between; gap: 1rem; color: var(--quiet); }
.chart .axis span + span { text-align: right; }
.chart .legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; color: var(--quiet); }
.chart .legend li::before {
  content: ""; display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.4rem; border-radius: 0.2rem;
  vertical-align: -0.05rem; background: var(--tone);
}
.chart .legend .threshold::before { height: 0; border-top: 2px dashed var(--wait); background: none; vertical-align: middle; }
.chart .good { --tone: var(--good); }
.chart .bad { --tone: var(--bad); }
.chart .wait { --tone: var(--wait); }
.chart .calm { --tone: var(--edge); }
.charts { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
.charts:empty { display: none; }
@media (min-width: 64rem) {
  .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .charts > :last-child:nth-child(odd) { grid-column: 1 / -1; }
}
.chart-figure { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.6rem; }
.chart-figure strong { font-size: 1.375rem; font-variant-numeric: tabular-nums; }
`

export const SECTIONS = PAYMENT + PRICE + CATALOG + BALANCE + CHART + MAILBOX + MESSAGES + CONTROLS
