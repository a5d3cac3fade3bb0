/** What single sections of the dashboard add to its style sheet: the look of what only they have. */

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
@media (min-width: 40rem) {
  .line { grid-template-columns: minmax(0, 1fr) 6rem 8.5rem auto; }
  .line > :first-child { grid-column: auto; }
}
.boxes { display: grid; gap: 0.5rem; max-height: 16rem; overflow-y: auto; }
.entries { display: grid; gap: 0.75rem; }
.entries > li { display: grid; gap: 0.35rem; justify-items: start; }
.sheet:has(option[value=one_time_price]:checked) .recurring, .sheet:has(option[value=recurring_price]:checked) .one-time,
.sheet:has(option[value=flat]:checked) .percentage, .sheet:has(option[value=percentage]:checked) .flat { display: none; }
`

/** Webhooks and requests. */
const MESSAGES = `
.tabs { overflow-x: auto; border-bottom: 1px solid var(--line); scrollbar-width: none; }
.tabs ul { display: flex; gap: 0.25rem; }
.tabs a {
  display: block; padding: 0.5rem 0.75rem; color: var(--quiet); font-size: 0.875rem; font-weight: 550; text-decoration: none;
  white-space: nowrap; border-bottom: 2px solid transparent;
}
.tabs a:hover { color: var(--text); }
.tabs a:focus-visible { outline-offset: -3px; }
.tabs [aria-current] { color: var(--accent); border-color: var(--accent); }
.verdict {
  display: grid; gap: 0.35rem; padding: 0.85rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--edge);
  border-radius: 0.6rem; background: var(--surface);
}
.verdict.good { border-left-color: var(--good); }
.verdict.bad { border-left-color: var(--bad); }
.verdict.wait { border-left-color: var(--wait); }
.call { overflow-wrap: anywhere; }
.reason { color: var(--bad); font-weight: 600; }
.lost { color: var(--bad); }
.places { display: grid; gap: 0.6rem; }
.places li { display: grid; gap: 0.1rem; padding-left: 0.8rem; border-left: 2px solid var(--line); }
.places .under { color: var(--quiet); font-size: 0.8125rem; }
.headers { display: grid; gap: 0.15rem; font-size: 0.8125rem; }
.headers > div { display: grid; grid-template-columns: minmax(7rem, 11rem) minmax(0, 1fr); gap: 0 1rem; }
.headers dt { color: var(--quiet); }
@media (max-width: 40rem) { .headers > div { grid-template-columns: minmax(0, 1fr); padding-bottom: 0.25rem; } }
.try { padding: 0.75rem 1.125rem; }
.try + .try { border-top: 1px solid var(--line); }
.try > summary { width: auto; }
.try > summary .quiet { font-weight: 400; }
.exchange { display: grid; gap: 0.75rem; grid-template-columns: minmax(0, 1fr); }
.checks { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 0.4rem 1rem; }
.checks label { font-weight: 400; }
.revealed:focus { outline: none; }
`

export const SECTION_STYLES = PAYMENT + CATALOG + MESSAGES
