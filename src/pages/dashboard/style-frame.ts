/** The style sheet of what all pages of the dashboard share, as text: text, the header, the menu and the columns. */
export const FRAME = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 4.5rem; }
body {
  margin: 0; min-height: 100vh; background: var(--ground); color: var(--text);
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3, p, ul, ol, dl, dd, pre, figure { margin: 0; padding: 0; }
h1 { font-size: 1.375rem; line-height: 1.3; letter-spacing: -0.012em; font-weight: 650; }
h2 { font-size: 0.9375rem; line-height: 1.4; font-weight: 650; }
h3 { font-size: 0.9375rem; font-weight: 600; }
ul, ol { list-style: none; }
a { color: var(--accent); text-underline-offset: 0.15em; text-decoration-thickness: 1px; }
a:hover { color: var(--accent-strong); }
code, pre, .code {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.8125rem;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 5px; }
main:focus, .alert:focus, .flash:focus { outline: none; }
[hidden], html:not(.js) .with-script, .js .without-script { display: none !important; }
.visually-hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
.quiet, .hint, .optional { color: var(--quiet); }
.hint, .optional { font-size: 0.8125rem; font-weight: 400; }
.icon { width: 1.125rem; height: 1.125rem; flex: none; }
.skip {
  position: fixed; left: 0.75rem; top: 0.75rem; z-index: 20; padding: 0.5rem 1rem; border-radius: 0.5rem;
  background: var(--accent); color: var(--on-accent); font-weight: 600;
}
.skip:focus { color: var(--on-accent); }
.skip:not(:focus) { width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); }

.topbar {
  position: sticky; top: 0; z-index: 10; display: flex; align-items: center; gap: 0.5rem 1.25rem; min-height: 3.25rem;
  padding: 0.5rem 1.25rem; background: var(--surface); border-bottom: 1px solid var(--line);
}
.topbar button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; }
.brand { display: flex; align-items: center; gap: 0.5rem; color: var(--text); font-weight: 650; text-decoration: none; }
.brand .icon { color: var(--accent); width: 1.5rem; height: 1.5rem; }
.topbar .search { position: relative; flex: 0 1 26rem; min-width: 6rem; margin-left: 3.25rem; }
.search .icon { position: absolute; left: 0.6rem; top: 0.55rem; color: var(--quiet); pointer-events: none; }
.search input[type=search] { padding-left: 2.1rem; background: var(--sunken); border-color: var(--line); }
.current-sandbox {
  display: flex; flex-wrap: wrap; align-items: center; justify-content: end; gap: 0 1.25rem; margin-left: auto;
  font-size: 0.875rem;
}
.current-sandbox :is(a, button) {
  display: inline-flex; align-items: center; gap: 0.35rem; min-height: 1.75rem; padding: 0; color: inherit;
  text-decoration: none;
}
.current-sandbox :is(a, button):hover { text-decoration: underline; }
.current-sandbox strong { max-width: 12rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.current-sandbox .icon { width: 1rem; height: 1rem; color: var(--quiet); }
.current-sandbox a.tag { min-height: 1.5rem; padding: 0.05rem 0.5rem; color: var(--bad); }
.clock { font-variant-numeric: tabular-nums; }
.live { display: grid; place-items: center; width: 1rem; height: 1rem; }
.live::before { content: ""; width: 0.6rem; height: 0.6rem; border-radius: 50%; background: var(--edge); }
.live[data-state=live]::before { background: var(--good); }
.live:is([data-state=broken], [data-state=behind])::before { background: var(--bad); }
.switcher {
  inset: 3rem 1.25rem auto auto; width: 16rem; max-width: calc(100vw - 2rem); max-height: calc(100dvh - 5rem); margin: 0;
  padding: 0.85rem 1rem; overflow-y: auto; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--surface);
  color: inherit; box-shadow: var(--shadow); font-size: 0.875rem;
}
.switcher ul { margin: 0.4rem 0 0.6rem; }
.switcher li a { display: block; margin: 0 -0.5rem; padding: 0.35rem 0.5rem; border-radius: 0.4rem; text-decoration: none; }
.switcher li a:hover { background: var(--sunken); }
.switcher [aria-current] { font-weight: 650; }
.switcher [aria-current]::after { content: " ✓"; }

.workspace { display: grid; grid-template-columns: 13rem minmax(0, 1fr); align-items: start; max-width: 94rem; margin: 0 auto; }
.sections ul { display: grid; gap: 0.125rem; }
.sections a {
  display: flex; align-items: center; gap: 0.65rem; padding: 0.4rem 0.65rem; border-radius: 0.5rem; color: var(--quiet);
  font-size: 0.875rem; font-weight: 550; text-decoration: none; white-space: nowrap;
}
.sections a:hover { background: var(--sunken); color: var(--text); }
.sections [aria-current] { background: var(--tint); color: var(--accent); }
.sections { border: 0; color: inherit; }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; align-content: start; padding: 1.5rem 1.5rem 4rem; }
.bare-page main { max-width: 30rem; margin: 0 auto; padding-top: 12vh; }
@media (min-width: 56.0625rem) { /* The menu is a popover on smaller screens. */
  .menu-button { display: none; }
  .sections {
    position: sticky; inset: auto; top: 3.25rem; display: block; width: auto; height: auto; max-height: calc(100vh - 3.25rem);
    margin: 0; padding: 1.25rem 0.75rem; overflow: hidden auto; background: none; scrollbar-width: thin;
  }
}
@media (max-width: 56rem) {
  .workspace { grid-template-columns: minmax(0, 1fr); }
  .topbar { flex-wrap: wrap; gap: 0.35rem 0.9rem; padding: 0.5rem 1rem; }
  .menu-button { display: inline-flex; align-items: center; gap: 0.4rem; padding: 0.25rem 0; font-weight: 600; min-height: 2rem; }
  .topbar .menu-button { font-size: 0.875rem; font-weight: 600; }
  .brand span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .topbar .search { flex: 1 1 8rem; order: 1; margin: 0; }
  .current-sandbox { flex: 0 0 auto; order: 2; }
  .current-sandbox .quiet, .current-sandbox .clock .icon { display: none; }
  .live { order: 3; }
  .sections {
    inset: 0 auto 0 0; width: min(20rem, 85vw); height: auto; max-height: none; margin: 0; padding: 1rem 0.75rem;
    overflow-y: auto; background: var(--surface); border-right: 1px solid var(--line); box-shadow: var(--shadow);
  }
  .sections a { min-height: 2.5rem; }
  .sections::backdrop { background: rgb(10 14 30 / 45%); }
  main { padding: 1rem 1rem 3rem; }
}
@media (max-width: 40rem) {
  .topbar .search { flex: 1 1 8rem; }
  .current-sandbox { flex: 1 1 100%; gap: 0 0.9rem; justify-content: start; font-size: 0.8125rem; order: 4; }
  .current-sandbox .quiet, .current-sandbox .clock .icon { display: none; }
  .current-sandbox strong { max-width: 8rem; }
  .switcher { inset: 5.5rem auto auto 1rem; }
}
@media (max-width: 22rem) { .topbar .brand { display: none; } } /* The menu leads to the overview, too. */
`
