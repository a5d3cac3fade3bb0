/** The style sheet of webhooks and requests, as text: requests, responses, results, and tables with long rows. */
export const MESSAGES = `
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
#deliveries tbody th { min-width: 11.5rem; }
.call { overflow-wrap: anywhere; }
.reason { color: var(--bad); font-weight: 600; }
.lost { color: var(--bad); }
.places { display: grid; gap: 0.6rem; }
.places li { display: grid; gap: 0.1rem; padding-left: 0.8rem; border-left: 2px solid var(--line); }
.places .under { color: var(--quiet); font-size: 0.8125rem; }
.json {
  padding: 0.75rem 2.75rem 0.75rem 0.9rem; max-height: 32rem; overflow: auto; line-height: 1.55; overflow-wrap: anywhere;
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.8125rem;
}
.json .inner { padding-left: 1.25rem; border-left: 1px solid var(--line); }
.json summary { cursor: pointer; list-style: none; width: fit-content; }
.json summary::-webkit-details-marker { display: none; }
.json summary:hover { background: var(--tint); }
.json .folded { color: var(--quiet); }
.json [open] > summary > .folded { display: none; }
.json .key { color: var(--accent-strong); }
.json span.string, .json a.string { color: var(--good); }
.json :is(.number, .boolean) { color: var(--wait); white-space: normal; text-align: inherit; }
.json .null { color: var(--quiet); }
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
.stack fieldset > .fold { margin: -0.25rem 0; }
.figure { white-space: nowrap; }
.narrow { display: none; }
.columns:not(.beside) > :last-child .facts > div { grid-template-columns: 6.5rem minmax(0, 1fr); }
.columns:not(.beside) > :last-child .copyable { grid-template-columns: auto minmax(0, 1fr) auto; }
@media (max-width: 40rem) { .columns:not(.beside) > :last-child .facts > div { grid-template-columns: minmax(0, 1fr); } }
@container (max-width: 52rem) { tbody :is(th, td) :is(code, .id) { white-space: normal; overflow-wrap: anywhere; } }
@container (max-width: 36rem) { /* The cells of a row wrap, so that all of them are visible. */
  .stacked table, .stacked tbody { display: block; }
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacked tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 0.75rem; padding: 0.7rem 1.125rem; }
  .stacked tbody tr + tr { border-top: 1px solid var(--line); }
  .stacked tbody tr + tr > * { border-top: 0; }
  .stacked tbody :is(th, td) { display: block; min-width: 0; padding: 0; text-align: left; overflow-wrap: anywhere; }
  .stacked tbody th { flex: 1 1 100%; }
  .stacked tbody :is(th, td) code { white-space: normal; }
  .stacked .narrow { display: inline; }
  .stacked td[data-title]::before { content: attr(data-title) " "; color: var(--quiet); }
  .stacked .more { flex: 1 1 100%; }
  .stacked td:empty, .stacked td:has(> .nothing) { display: none; }
}
`
