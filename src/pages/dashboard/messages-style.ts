/** The shapes of webhooks and requests: tabs, verdicts, what was sent and what was answered. */
export const MESSAGES_STYLE = `
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
