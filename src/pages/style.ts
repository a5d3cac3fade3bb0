/**
 * The style sheet of every page, as text. Colours are named once for light and once for dark, and keep WCAG AA's contrast in
 * both; type and shapes come from the visitor's system. Radio buttons open their panels by selectors alone, so that this works
 * without scripts.
 */
/** The dark colours, for the system setting and for sessions that set a theme. */
const DARK = `
  --ground: #0e1117;
  --surface: #171b24;
  --sunken: #1d222d;
  --text: #eef1f7;
  --quiet: #a8b1c2;
  --line: #2b3240;
  --edge: #7a8498;
  --accent: #9db6ff;
  --accent-strong: #bccdff;
  --on-accent: #0c1433;
  --tint: #1c2540;
  --good: #6fdca6;
  --good-tint: #12301f;
  --bad: #ff9d94;
  --bad-tint: #3a1a18;
  --wait: #f5c46b;
  --wait-tint: #33270f;
  --helpers: #191e29;
  --banner: #2b2410;
  --on-banner: #f3dc9b;
  --shadow: none;
`

/** The colours by name, for all style sheets. */
export const COLOURS = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f8;
  --surface: #ffffff;
  --sunken: #f7f8fb;
  --text: #171b26;
  --quiet: #545d70;
  --line: #dde1ea;
  --edge: #7f889c;
  --accent: #2a56c6;
  --accent-strong: #1f449f;
  --on-accent: #ffffff;
  --tint: #edf2ff;
  --good: #0f7048;
  --good-tint: #e3f5ec;
  --bad: #b3261e;
  --bad-tint: #fdeeed;
  --wait: #8a5300;
  --wait-tint: #fdf3e0;
  --helpers: #fbfbfd;
  --banner: #fff4d6;
  --on-banner: #5c4300;
  --shadow: 0 1px 2px rgb(20 28 50 / 5%), 0 6px 24px rgb(20 28 50 / 5%);
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme=light]) { ${DARK} }
}
:root[data-theme=dark] { color-scheme: dark; ${DARK} }
:root[data-theme=light] { color-scheme: light; }
`

export const STYLE = `${COLOURS}*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; background: var(--ground); color: var(--text);
  font: var(--weight, 400) 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3, p, ul, dl, dd, fieldset { margin: 0; padding: 0; }
h1 { font-size: 1.55rem; line-height: 1.25; letter-spacing: -0.015em; }
h2 { font-size: 1.1rem; line-height: 1.35; }
h3, .group-title { font-size: 0.875rem; line-height: 1.4; }
ul { list-style: none; }
fieldset { border: 0; min-width: 0; }
legend { padding: 0; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:hover { color: var(--accent-strong); }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.9em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
[hidden], html:not(.js) .with-script, .js .without-script, [data-live]:empty { display: none !important; }
.visually-hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
.store, .line .name, [data-testid=customer-name] { unicode-bidi: isolate; }
.quiet { color: var(--quiet); }
.hint { color: var(--quiet); font-size: 0.875rem; }
.recurrence { margin-top: 0; color: var(--quiet); }

.banner { background: var(--banner); color: var(--on-banner); text-align: center; font-size: 0.8125rem; padding: 0.4rem 1rem; }
.banner strong { margin-inline-end: 0.35rem; }
.container { width: 100%; margin: 0 auto; padding-inline: 1.25rem; }
.container.wide { max-width: 66rem; }
.container.narrow { max-width: 33rem; }
.masthead .container { display: flex; align-items: center; gap: 0.75rem; padding-block: 1.5rem; }
.monogram {
  display: grid; place-items: center; flex: none; width: 2.25rem; height: 2.25rem; border-radius: 0.65rem;
  background: var(--button, var(--accent)); color: var(--on-button, var(--on-accent)); font-weight: 700;
}
.store { font-weight: 650; font-size: 1.0625rem; }
.timer {
  margin-inline-start: auto; color: var(--quiet); font-size: 0.875rem; font-variant-numeric: tabular-nums; white-space: nowrap;
}
.close {
  display: grid; place-items: center; flex: none; width: 2.75rem; height: 2.75rem; margin-inline-start: auto; border: 0;
  border-radius: 50%; background: transparent; color: inherit; font: inherit; font-size: 1.6rem; line-height: 1; cursor: pointer;
}
.close:hover { background: var(--sunken); }
.timer:not([hidden]) + .close, .languages ~ :is(.timer, .close) { margin-inline-start: 0; }
.languages { position: relative; margin-inline-start: auto; font-size: 0.875rem; }
.languages summary {
  padding: 0.6rem 0.75rem; border-radius: 0.5rem; color: var(--quiet); white-space: nowrap; cursor: pointer; list-style: none;
}
.languages summary::-webkit-details-marker { display: none; }
.languages summary::after { content: " ▾"; }
.languages ul {
  position: absolute; inset-inline-end: 0; z-index: 10; display: grid; width: max-content; max-height: 60vh; margin: 0;
  padding: 0.4rem; overflow-y: auto; border: 1px solid var(--line); border-radius: 0.8rem; background: var(--surface);
  list-style: none;
}
.languages :is(a, button) {
  display: block; width: 100%; padding: 0.45rem 0.9rem; border: 0; border-radius: 0.5rem; background: none; color: inherit;
  font: inherit; text-align: start; text-decoration: none; cursor: pointer;
}
.languages :is(a, button):hover, .languages [aria-current] { background: var(--sunken); }
[dir=rtl] .arrow { display: inline-block; transform: scaleX(-1); }
[dir=rtl] input[dir=ltr] { text-align: end; }
[data-embed=inline] body { min-height: 0; }
footer.container { padding-block: 2rem; color: var(--quiet); font-size: 0.8125rem; }
.panel {
  background: var(--surface); border: 1px solid var(--line); border-radius: 1rem; padding: 1.5rem; box-shadow: var(--shadow);
}

.tag {
  display: inline-block; padding: 0.05rem 0.5rem; border-radius: 999px; background: var(--good-tint); color: var(--good);
  font-size: 0.8125rem; font-weight: 600;
}
.form { display: grid; gap: 1.5rem; }
.section-title { margin-bottom: 0.85rem; font-weight: 650; font-size: 1.1rem; }
.field { display: grid; gap: 0.3rem; align-content: start; }
.field > label { font-weight: 550; font-size: 0.9375rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; }
.pair > .field { grid-row: span 4; grid-template-rows: subgrid; row-gap: 0; }
.pair > .field > label { align-self: end; }
.pair > .field > :not(label) { margin-top: 0.3rem; }
input:is([type=text], [type=tel], [type=email], [type=url], [type=date]), select, textarea {
  width: 100%; min-height: 3rem; padding: 0.6rem 0.85rem; border: 1px solid var(--edge); border-radius: var(--radius, 0.65rem);
  background: var(--surface); color: inherit; font: inherit; font-variant-numeric: tabular-nums;
}
::placeholder { color: var(--placeholder, var(--quiet)); opacity: 1; }
input[readonly] { background: var(--sunken); border-style: dashed; color: var(--quiet); }
input[aria-invalid=true], select[aria-invalid=true] {
  border: 2px solid var(--bad); padding: calc(0.6rem - 1px) calc(0.85rem - 1px);
}
input:not([type=radio], [type=checkbox]):focus, select:focus {
  outline: 3px solid var(--focus, var(--accent)); outline-offset: 0; border-radius: var(--radius, 0.65rem);
}
input[type=radio], input[type=checkbox] { width: 1.2rem; height: 1.2rem; margin: 0; accent-color: var(--accent); flex: none; }
.problem { color: var(--bad); font-size: 0.875rem; font-weight: 550; }
.check { display: flex; align-items: center; gap: 0.7rem; min-height: 2.75rem; cursor: pointer; }

.back { margin: -0.5rem 0 1rem; }
.back a { display: inline-block; padding: 0.5rem 0; text-decoration: none; font-weight: 550; }
.back a:hover { text-decoration: underline; }
.fields { display: grid; gap: 1rem; }
.business summary { cursor: pointer; min-height: 2.75rem; padding: 0.6rem 0; font-weight: 550; }
.business .fields { margin-top: 0.5rem; }
[aria-busy=true] .order { opacity: 0.6; }

.button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 3.25rem; width: 100%; padding: 0.7rem 1.5rem;
  border: 1px solid transparent; border-radius: var(--radius, 0.8rem); font: inherit; font-weight: 650; text-align: center;
  text-decoration: none; cursor: pointer;
}
.button.primary { background: var(--button, var(--accent)); color: var(--on-button, var(--on-accent)); font-size: 1.0625rem; }
.button.primary:hover {
  background: var(--button-strong, var(--button, var(--accent-strong))); color: var(--on-button, var(--on-accent));
}
.button.second {
  background: var(--second, var(--surface)); border-color: var(--edge); color: var(--on-second, var(--text));
}
.button.second:hover {
  background: var(--second-strong, var(--second, var(--surface))); border-color: var(--text);
  color: var(--on-second, var(--text));
}
.button.bare { background: transparent; color: var(--quiet); font-weight: 550; min-height: 2.75rem; }
.button.bare:hover { color: var(--text); text-decoration: underline; }
.button[aria-busy] { opacity: 0.75; cursor: progress; }
.assurance { display: flex; gap: 0.5rem; justify-content: center; color: var(--quiet); font-size: 0.875rem; text-align: center; }
.under { margin-top: 0.75rem; }

.alert {
  border: 1px solid var(--bad); border-inline-start-width: 5px; border-radius: 0.8rem; background: var(--bad-tint);
  padding: 1rem 1.15rem;
}
.alert h2 { font-size: 1rem; color: var(--bad); }
.alert ul { display: grid; gap: 0.25rem; margin-top: 0.35rem; }
.alert a { color: inherit; }
.alert p { margin-top: 0.35rem; }
.note { border-radius: 0.8rem; background: var(--tint); padding: 0.9rem 1.1rem; font-size: 0.9375rem; }
.note li { list-style: disc; margin-inline-start: 1.1rem; }

.message { display: grid; gap: 1.25rem; justify-items: stretch; text-align: center; padding-block: 2.25rem; }
.message .field { text-align: start; }
.message + .panel { margin-top: 1.25rem; }
.message h1 + p { color: var(--quiet); margin-top: 0.4rem; }
.sign { display: grid; place-items: center; width: 3.75rem; height: 3.75rem; margin: 0 auto; border-radius: 50%; }
.sign.success { background: var(--good-tint); color: var(--good); }
.sign.failure { background: var(--bad-tint); color: var(--bad); }
.sign.waiting { background: var(--wait-tint); color: var(--wait); }
.sign.info { background: var(--tint); color: var(--accent); }
.facts { border-block: 1px solid var(--line); padding-block: 1rem; display: grid; gap: 0.6rem; text-align: start; }
.facts div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.25rem; }
.facts dt { color: var(--quiet); }
.facts dd { font-weight: 550; font-variant-numeric: tabular-nums; }
@media (min-width: 30rem) {
  .facts div { flex-wrap: nowrap; }
  .facts dt { flex: none; max-width: 50%; }
  .facts dd { text-align: end; }
}
.facts:last-child { border-bottom: 0; padding-bottom: 0; }
.actions { display: grid; gap: 0.75rem; }
.sides { display: grid; gap: 0.75rem; }
@media (min-width: 30rem) { .sides { grid-template-columns: 1fr 1fr; } }

.portal-head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0.5rem 1.5rem; }
#portal, #subscription, .portal-side, .portal-main { display: grid; gap: 1.5rem; align-content: start; }
.portal { display: grid; gap: 1.5rem; align-items: start; }
.portal > * { min-width: 0; }
@media (max-width: 30rem) {
  .masthead .container:has(.timer:not([hidden])) { flex-wrap: wrap; }
  .masthead:has(.timer:not([hidden])) .store { flex: 1 1 3.5rem; }
  .masthead:has(.close) .languages summary { padding-inline: 0.25rem; }
  .masthead .timer:not([hidden]) { order: 1; flex-basis: 100%; }
}
@media (min-width: 56rem) { .portal { grid-template-columns: minmax(0, 7fr) minmax(0, 5fr); } }
.stacked { display: grid; gap: 0.85rem; }
.stacked > .section-title { margin-bottom: 0; }
#subscription > .back { margin: -0.5rem 0 -1rem; }
.portal .facts { border: 0; padding: 0; }
#details .facts div { display: block; }
#details .facts dd { text-align: start; }
.entries { display: grid; }
.entry {
  display: grid; grid-template-columns: minmax(7.5rem, 1fr) auto; gap: 0.2rem 1rem; align-items: baseline; padding-block: 1rem;
  border-top: 1px solid var(--line);
}
.entry:last-child { padding-bottom: 0; }
.access { grid-template-columns: minmax(0, 1fr); }
.access > :not(h3, .hint:first-of-type) { grid-column: 1 / -1; }
.access ul { display: grid; gap: 0.4rem; }
.access code { overflow-wrap: anywhere; }
.access form { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline; justify-content: space-between; }
.more summary {
  min-height: 2.75rem; padding: 0.6rem 0; color: var(--accent); font-weight: 600; font-size: 0.9375rem; cursor: pointer;
}
.more .lines { margin-top: 0.5rem; }
.with-logo { display: flex; align-items: center; gap: 0.6rem; }
.entry h3 { font-size: 1rem; font-weight: 600; }
.entry .sum { font-weight: 600; font-variant-numeric: tabular-nums; text-align: end; overflow-wrap: break-word; }
.when { display: flex; flex-wrap: wrap; gap: 0.2rem 0.5rem; align-items: baseline; }
.when:not(:has(+ .file)) { grid-column: 1 / -1; }
.tag.good { background: var(--good-tint); color: var(--good); }
.tag.bad { background: var(--bad-tint); color: var(--bad); }
.tag.wait { background: var(--wait-tint); color: var(--wait); }
.tag.calm { background: var(--sunken); color: var(--quiet); box-shadow: inset 0 0 0 1px var(--line); }
.entry .file { grid-column: 2; text-align: end; }
.refunds { grid-column: 1 / -1; display: grid; gap: 0.35rem; padding-top: 0.5rem; font-size: 0.9375rem; color: var(--quiet); }
.refunds li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.confirm { grid-column: 1 / -1; }
.confirm summary { cursor: pointer; width: fit-content; padding-block: 0.35rem; color: var(--accent); font-weight: 550; }
.confirm form {
  display: grid; gap: 0.85rem; margin-top: 0.5rem; padding: 1rem; border-radius: 0.8rem; background: var(--sunken);
}
.when-choice legend { font-weight: 550; font-size: 0.9375rem; }
.button.danger { background: transparent; border-color: var(--bad); color: var(--bad); }
.button.danger:hover { background: var(--bad-tint); }
.pagination {
  display: grid; grid-template-columns: 1fr auto 1fr; gap: 1rem; align-items: baseline; margin-top: 1rem; padding-top: 1rem;
  border-top: 1px solid var(--line);
}
.pagination > :last-child { text-align: end; }

@media (prefers-reduced-motion: no-preference) {
  .button, .chip, .method { transition: background-color 0.12s, border-color 0.12s, color 0.12s; }
}
@media (forced-colors: active) {
  .method:has(> input:checked) { outline: 2px solid Highlight; }
}
`
