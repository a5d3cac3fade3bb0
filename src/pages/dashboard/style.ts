/**
 * The style sheet of the dashboard, as text. It shares the colours of the other pages, and has a denser layout of its own for
 * tables with many rows.
 */
import { COLOURS } from '../style.js'
import { FRAME } from './style-frame.js'
import { SECTIONS } from './style-sections.js'

const PARTS = `
.heading { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: 0.75rem 1.5rem; }
.heading h1 { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem; }
.heading h1 .tag { letter-spacing: 0; }
.heading h1 code { font-size: 1.0625rem; }
.crumb { font-size: 0.875rem; margin-bottom: 0.15rem; }
.crumb a { text-decoration: none; }
.crumb a::before { content: "← "; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
.columns { display: grid; gap: 1.25rem; align-items: start; grid-template-columns: minmax(0, 1fr); }
.columns > * { min-width: 0; display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 78rem) { .columns { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); } }

.card { background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem; min-width: 0; }
.columns > .card { display: block; }
.columns [data-live]:empty { display: none; }
@media (min-width: 78rem) {
  .columns.beside { grid-template-rows: auto 1fr; }
  .columns.beside > :nth-child(2) { grid-column: 2; grid-row: 1 / span 2; }
}
.card-head {
  display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; min-height: 3rem;
  padding: 0.5rem 1.125rem; border-bottom: 1px solid var(--line);
}
.pad { padding: 1rem 1.125rem; display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
.notice { gap: 0.75rem; }
.card :is(.pagination, .filters) { padding: 0.75rem 1.125rem; }
.exports { display: flex; gap: 0.75rem; justify-content: end; padding: 0.5rem 1.125rem; font-size: 0.8125rem; }
.exports, .card .pagination { border-top: 1px solid var(--line); }
.card > .filters { border-bottom: 1px solid var(--line); }
.pad > .filters { padding: 0; }
.card > .fold { padding: 0.75rem 1.125rem; border-top: 1px solid var(--line); }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.75rem; }
.tiles:has(> :nth-child(6):last-child) { grid-template-columns: repeat(2, 1fr); }
@media (min-width: 40rem) { .tiles:has(> :nth-child(6):last-child) { grid-template-columns: repeat(3, 1fr); } }
@media (min-width: 72rem) { .tiles:has(> :nth-child(6):last-child) { grid-template-columns: repeat(6, 1fr); } }
.tile {
  display: grid; gap: 0.1rem; align-content: start; height: 100%; padding: 0.8rem 1rem; border: 1px solid var(--line);
  border-radius: 0.75rem;
  background: var(--surface); color: inherit; text-decoration: none;
}
a.tile:hover { border-color: var(--accent); color: inherit; }
.tile .value {
  font-size: 1.5rem; font-weight: 650; line-height: 1.25; letter-spacing: -0.02em; font-variant-numeric: tabular-nums;
}
.tile .label { color: var(--quiet); font-size: 0.8125rem; }
.tile.good .value { color: var(--good); }
.tile.bad .value { color: var(--bad); }
.tile.wait .value { color: var(--wait); }

.scroll { overflow-x: auto; border-radius: inherit; container-type: inline-size; }
table { width: 100%; border-collapse: collapse; font-size: 0.875rem; overflow-wrap: break-word; }
th, td { padding: 0.55rem 0.75rem; text-align: left; vertical-align: top; font-weight: 400; }
th:first-child, td:first-child { padding-left: 1.125rem; }
th:last-child, td:last-child { padding-right: 1.125rem; }
thead th {
  color: var(--quiet); font-size: 0.8125rem; font-weight: 550; white-space: nowrap; border-bottom: 1px solid var(--line);
}
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody tr:hover > * { background: var(--sunken); }
tbody th, .long { min-width: 8rem; overflow-wrap: anywhere; } /* a long word must not push other columns out of view */
tbody th { min-width: 12rem; }
tbody td { min-width: 6.5rem; overflow-wrap: anywhere; }
tbody td:is(.number, :has(> .tag, > time, > .figure)) { min-width: 0; }
.long { display: inline-block; }
tbody th a { font-weight: 550; text-decoration: none; }
tbody th a:hover { text-decoration: underline; }
tbody th code, td a > code { white-space: nowrap; }
td time, td .tag, td .id { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td .under, th .under { display: block; color: var(--quiet); font-size: 0.8125rem; }
@media (prefers-reduced-motion: no-preference) {
  tr.fresh > *, li.fresh { animation: arrive 2.5s ease-out; }
  @keyframes arrive { from { background-color: var(--tint); } }
}

.tag {
  display: inline-block; padding: 0.05rem 0.5rem; border-radius: 999px; font-size: 0.75rem; font-weight: 600; line-height: 1.5;
  background: var(--sunken); color: var(--quiet); box-shadow: inset 0 0 0 1px var(--line); white-space: nowrap;
}
.tag::first-letter { text-transform: uppercase; }
.tag.good { background: var(--good-tint); color: var(--good); box-shadow: none; }
.tag.bad { background: var(--bad-tint); color: var(--bad); box-shadow: none; }
.tag.wait { background: var(--wait-tint); color: var(--wait); box-shadow: none; }
time[title] { cursor: help; }
.exact, .figure { font-variant-numeric: tabular-nums; }
.id { display: inline-flex; align-items: center; gap: 0.15rem; }
.copy {
  display: inline-grid; place-items: center; width: 1.75rem; height: 1.75rem; padding: 0; border: 0; border-radius: 0.4rem;
  background: transparent; color: var(--quiet); cursor: pointer; flex: none;
}
.copy:hover { background: var(--sunken); color: var(--accent); }
.copy.copied { color: var(--good); }
.copy .icon { width: 1rem; height: 1rem; }
.copyable { display: grid; grid-template-columns: minmax(6.5rem, auto) minmax(0, 1fr) auto; align-items: center; gap: 0 0.75rem; }
.copyable .label { color: var(--quiet); font-size: 0.875rem; }
.snippet { position: relative; border: 1px solid var(--line); border-radius: 0.6rem; background: var(--sunken); }
.snippet pre {
  padding: 0.75rem 2.75rem 0.75rem 0.9rem; max-height: 26rem; overflow: auto; line-height: 1.55; white-space: pre-wrap;
  border-radius: inherit;
}
.snippet .copy { position: absolute; top: 0.4rem; right: 0.4rem; background: var(--sunken); }
.fold > summary { cursor: pointer; width: fit-content; padding: 0.2rem 0; font-weight: 550; font-size: 0.875rem; }
.fold[open] > summary { margin-bottom: 0.6rem; }
.facts { display: grid; gap: 0.5rem; font-size: 0.875rem; }
.facts > div { display: grid; grid-template-columns: 7.25rem minmax(0, 1fr); gap: 0.1rem 1rem; }
@media (min-width: 40rem) { .facts > div { grid-template-columns: 9.5rem minmax(0, 1fr); } }
.facts dt { color: var(--quiet); }
.pairs { display: grid; gap: 0.2rem; }
.pairs code { color: var(--quiet); margin-right: 0.4rem; }
.empty { display: grid; gap: 0.6rem; justify-items: start; padding: 1.75rem 1.125rem; color: var(--quiet); }
.empty h2 { color: var(--text); }
.pagination { display: grid; grid-template-columns: 1fr auto 1fr; gap: 1rem; align-items: center; font-size: 0.875rem; }
.pagination > :first-child { justify-self: start; }
.pagination > :last-child { justify-self: end; }

.timeline { display: grid; font-size: 0.875rem; }
.timeline > li { position: relative; display: grid; gap: 0.15rem; padding: 0 0 1.1rem 1.5rem; }
.timeline > li::before {
  content: ""; position: absolute; left: 0.1rem; top: 0.35rem; width: 0.65rem; height: 0.65rem; border-radius: 50%;
  background: var(--edge); z-index: 1;
}
.timeline > li::after {
  content: ""; position: absolute; left: 0.375rem; top: 0.6rem; bottom: -0.4rem; width: 1px; background: var(--line);
}
.timeline > li:last-child { padding-bottom: 0; }
.timeline > li:last-child::after { display: none; }
.timeline .good::before { background: var(--good); }
.timeline .bad::before { background: var(--bad); }
.timeline .wait::before { background: var(--wait); }
.timeline .what { display: flex; flex-wrap: wrap; gap: 0.1rem 0.6rem; align-items: baseline; font-weight: 550; }
.timeline .what > time { margin-left: auto; font-weight: 400; color: var(--quiet); font-size: 0.8125rem; }
.sums td:last-child, .sums th:last-child { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.sums .total td { font-weight: 650; }
.sums tbody th { min-width: 5rem; }
`

const FORMS = `
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.4rem; min-height: 2.25rem; padding: 0.3rem 0.85rem;
  border: 1px solid transparent; border-radius: 0.5rem; background: transparent; font: inherit; font-size: 0.875rem;
  font-weight: 600;
  text-decoration: none; cursor: pointer; white-space: nowrap;
}
.button .icon { width: 1rem; height: 1rem; }
.button.primary, .button.full { background: var(--accent); color: var(--on-accent); }
.button.primary:hover { background: var(--accent-strong); color: var(--on-accent); }
.button.second { background: var(--surface); border-color: var(--edge); color: var(--text); }
.button.second:hover { border-color: var(--accent); color: var(--accent); }
.button.danger { border-color: var(--bad); background: var(--surface); color: var(--bad); }
.button.danger:hover { background: var(--bad-tint); }
.button.danger.full { background: var(--bad); color: var(--surface); }
.button.bare { color: var(--quiet); }
.button.bare:hover { color: var(--text); text-decoration: underline; }
.button[aria-busy] { opacity: 0.7; cursor: progress; }
.inline { display: inline; }
.stack { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); max-width: 44rem; }
.stack .pair { display: grid; gap: 1rem; align-items: end; }
@media (min-width: 40rem) { .stack .pair { grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); } }
.stack fieldset {
  display: grid; gap: 1rem; min-width: 0; margin: 0; padding: 1rem; border: 1px solid var(--line); border-radius: 0.6rem;
}
.stack legend { padding: 0 0.35rem; font-weight: 600; font-size: 0.875rem; }
.field { display: grid; gap: 0.25rem; align-content: start; min-width: 0; }
.field > label { font-weight: 550; font-size: 0.875rem; }
.field.check { grid-template-columns: auto minmax(0, 1fr); align-items: center; column-gap: 0.6rem; }
.field.check .hint { grid-column: 2; }
input:not([type=checkbox], [type=radio], [type=hidden]), select, textarea {
  width: 100%; min-height: 2.25rem; padding: 0.35rem 0.65rem; border: 1px solid var(--edge); border-radius: 0.5rem;
  background: var(--surface); color: inherit; font: inherit; font-size: 0.875rem;
}
textarea { line-height: 1.5; resize: vertical; }
textarea.code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.8125rem; }
input[type=checkbox], input[type=radio] { width: 1.05rem; height: 1.05rem; margin: 0; accent-color: var(--accent); }
:is(input, select, textarea):focus { outline: 3px solid var(--accent); outline-offset: 0; }
:is(input, select, textarea)[aria-invalid=true] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
::placeholder { color: var(--quiet); opacity: 1; }
.problem { color: var(--bad); font-size: 0.8125rem; font-weight: 550; }
.hits a { display: flex; flex-wrap: wrap; gap: 0 0.75rem; padding: 0.5rem 1.125rem; text-decoration: none; }
.hits a:hover { background: var(--sunken); }
.hits li + li { border-top: 1px solid var(--line); }
.hits .hit { font-weight: 550; }
.hits code { color: var(--quiet); }
.results { display: grid; gap: 1.25rem; }
kbd { padding: 0 0.35rem; border: 1px solid var(--edge); border-radius: 0.3rem; font: inherit; font-size: 0.8125rem; }
.filters { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; }
.filters .field { flex: 0 1 10.5rem; }
.filters .field.wide { flex: 1 1 20rem; }
.filters .field > label { font-size: 0.8125rem; color: var(--quiet); }
.filters .rare { flex: 1 0 100%; }
.filters .rare > summary { color: var(--quiet); }
.filters .rare .field { flex: 1 1 10rem; max-width: 16rem; }
@media (max-width: 40rem) {
  .filters, .filters .rare .row { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.25rem, 1fr)); }
  .filters :is(.wide, > .row), .filters > .rare { grid-column: 1 / -1; }
  .filters .rare .field { max-width: none; }
}
.with-icon { position: relative; }
.with-icon .icon { position: absolute; left: 0.6rem; top: 0.55rem; color: var(--quiet); pointer-events: none; }
.with-icon input:not([type=checkbox]) { padding-left: 2.1rem; }

.alert {
  border: 1px solid var(--bad); border-left-width: 4px; border-radius: 0.6rem; background: var(--bad-tint);
  padding: 0.85rem 1rem;
}
.alert h2 { color: var(--bad); }
.alert ul { display: grid; gap: 0.2rem; margin-top: 0.4rem; }
.alert li { list-style: disc; margin-left: 1.1rem; }
.alert a { color: inherit; }
.note { border-radius: 0.6rem; background: var(--tint); padding: 0.75rem 1rem; font-size: 0.875rem; }
.flash {
  display: flex; align-items: center; gap: 0.6rem; padding: 0.7rem 1rem; border-radius: 0.6rem; background: var(--good-tint);
  color: var(--good); font-weight: 550;
}
.confirm > summary { list-style: none; }
.confirm > summary::-webkit-details-marker { display: none; }
.confirm .question {
  margin-top: 0.5rem; padding: 1rem; border: 1px solid var(--line); border-radius: 0.6rem; background: var(--sunken);
}
.confirm-dialog {
  width: min(32rem, calc(100vw - 2rem)); padding: 1.5rem; border: 1px solid var(--line); border-radius: 0.9rem;
  background: var(--surface); color: inherit; box-shadow: 0 12px 48px rgb(10 14 30 / 30%);
}
.confirm-dialog h3 { font-size: 1.0625rem; }
.confirm-dialog::backdrop { background: rgb(10 14 30 / 45%); }
@media (prefers-reduced-motion: no-preference) {
  .button, .tile, .sections a, .copy { transition: background-color 0.12s, border-color 0.12s, color 0.12s; }
}
@media (forced-colors: active) { .sections [aria-current] { outline: 2px solid Highlight; } }
@media print { .topbar, .sections, .copy, .button { display: none; } }
`

export const DASHBOARD_STYLE = COLOURS + FRAME + PARTS + FORMS + SECTIONS
