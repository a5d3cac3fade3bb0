/**
 * The style of the checkout pages, as text: the order, the form, the payment methods and the test helpers. The colours and the
 * basic elements are those of ../style.ts. On a phone, the order folds behind a checkbox, which needs no script.
 */
export const CHECKOUT_STYLE = `
.checkout { display: grid; gap: 1.25rem; align-items: start; }
.checkout > * { min-width: 0; }
.checkout > .form {
  background: var(--surface); border: 1px solid var(--line); border-radius: 1rem; padding: 1.25rem; box-shadow: var(--shadow);
  gap: 1.75rem;
}
@media (min-width: 56rem) {
  .checkout { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 3rem; }
  .checkout > .form { padding: 2rem; }
  .checkout .order {
    position: sticky; top: 1.5rem; padding: 1rem 0; background: none; border-color: transparent; box-shadow: none;
  }
  .panel { padding: 2rem; }
  .order .unfold { display: none; }
}
@media (max-width: 55.99rem) {
  .order:has(.unfold input:not(:checked)) .order-body { display: none; }
  .order .order-body { margin-top: 1rem; padding-top: 1.1rem; border-top: 1px solid var(--line); }
  .order .order-body > .lines:first-child { margin-top: 0; }
}

.order h1 { font-size: 1rem; font-weight: 500; letter-spacing: 0; color: var(--quiet); }
.order .amount {
  margin-top: 0.15rem; font-size: 2.5rem; font-weight: 700; line-height: 1.2; letter-spacing: -0.03em;
  font-variant-numeric: tabular-nums;
}
.order .amount.long { font-size: clamp(1.4rem, 7.5vw, 2.5rem); }
.order .subject { font-size: 1.375rem; font-weight: 650; line-height: 1.3; }
.unfold {
  position: relative; display: flex; align-items: center; width: fit-content; min-height: 2.75rem; margin: 0.5rem 0 -0.75rem;
  cursor: pointer;
}
.unfold input { position: absolute; opacity: 0; }
.unfold span { color: var(--accent); font-weight: 600; font-size: 0.9375rem; }
.unfold span::after {
  content: ''; display: inline-block; width: 0.45rem; height: 0.45rem; margin-block-end: 0.2rem; margin-inline: 0.55rem 0.2rem;
  border: solid currentColor; border-width: 0 2px 2px 0; transform: rotate(45deg);
}
.unfold input:checked + span::after { margin-bottom: -0.1rem; transform: rotate(225deg); }
.unfold:has(:focus-visible) { outline: 3px solid var(--focus, var(--accent)); outline-offset: 2px; border-radius: 6px; }
.lines { margin-top: 1.5rem; display: grid; gap: 1rem; }
.line { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.1rem 1rem; }
.line .name { font-weight: 600; }
.line .sum { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; text-align: end; }
.line .hint { grid-column: 1; }
.totals { margin-top: 1.25rem; padding-top: 1.1rem; border-top: 1px solid var(--line); display: grid; gap: 0.5rem; }
.totals div { display: flex; justify-content: space-between; gap: 1rem; }
.totals dt { color: var(--quiet); }
.totals dd { font-variant-numeric: tabular-nums; white-space: nowrap; }
.totals .minus dd { color: var(--good); }
.totals .total {
  margin-top: 0.35rem; padding-top: 0.85rem; border-top: 1px solid var(--line); font-weight: 700; font-size: 1.0625rem;
}
.totals .total dt { color: inherit; }
.totals + .hint { margin-top: 0.5rem; }
.payer { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); display: grid; gap: 0.25rem 1.5rem; }
.payer h2 { font-size: 0.875rem; color: var(--quiet); font-weight: 500; }
.payer p { line-height: 1.45; }
.payer .change { justify-self: start; padding: 0.35rem 0; font-weight: 600; font-size: 0.9375rem; }

.choices { margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); display: grid; gap: 1rem; }
.choices .with { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.6rem; }
.choices .with .button { width: auto; min-height: 3rem; padding: 0.5rem 1.1rem; }
.applied { display: flex; flex-wrap: wrap; gap: 0.45rem; }

.express { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.6rem; }
.express > :last-child:nth-child(odd) { grid-column: 1 / -1; }
@media (max-width: 26rem) { .express { grid-template-columns: minmax(0, 1fr); } }
.button.wallet {
  min-height: 3rem; padding: 0.4rem 0.9rem; gap: 0.6rem; background: #16181d; border-color: #7a8498; color: #fff; font-size: 1rem;
}
.button.wallet:hover { background: #2c303a; }
.button.wallet .logo { width: 32px; height: 20px; }
.button.google_pay { background: #fff; border-color: #8a90a0; color: #1c2333; }
.button.google_pay:hover { background: #f1f2f5; }
.button.paypal { background: #f6c443; border-color: #f6c443; color: #17245a; }
.button.paypal:hover { background: #eab52c; }
.button.cashapp { background: #0d7a47; border-color: #0d7a47; }
.button.cashapp:hover { background: #0b6a3d; }
.button.ali_pay { background: #1a5fc4; border-color: #1a5fc4; }
.button.ali_pay:hover { background: #1552aa; }
.or { display: flex; align-items: center; gap: 0.85rem; color: var(--quiet); font-size: 0.875rem; }
.or::before, .or::after { content: ''; flex: 1; border-top: 1px solid var(--line); }
[data-live=express] .or { margin-top: 1.25rem; }
#payment-form > .or { margin-block: -0.5rem; }

.steps { display: grid; grid-template-columns: 3rem 5rem 3rem; gap: 0.5rem; }
.steps .button { min-height: 3rem; padding: 0; font-size: 1.25rem; }
.steps input { text-align: center; }
.methods { display: grid; gap: 0; }
.method { position: relative; border: 1px solid var(--line); background: var(--surface); }
.method:not(.offered) { margin-top: -1px; }
.method:first-of-type { border-radius: 0.8rem 0.8rem 0 0; }
.method:last-of-type { border-radius: 0 0 0.8rem 0.8rem; }
.method:first-of-type:last-of-type, .method.offered { border-radius: 0.8rem; }
.methods:has(.offered) { gap: 0.6rem; }
.method > input[type=radio] { position: absolute; inset-inline-start: 1rem; top: 1.15rem; }
.method > label {
  display: flex; justify-content: space-between; align-items: center; gap: 0.25rem 1rem; min-height: 3.5rem;
  padding-block: 0.7rem; padding-inline: 3.1rem 1rem; font-weight: 600; cursor: pointer;
}
.method-name { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.6rem; min-width: 0; }
.method-name .hint, .offered .hint { font-weight: 400; }
.logos, .brands { display: inline-flex; gap: 0.3rem; flex: none; }
.logo { display: block; width: 34px; height: 21.5px; font: 800 9.5px/1 Arial, "Helvetica Neue", sans-serif; }
.logo.plain { color: var(--quiet); }
.logo.plain > rect { fill: var(--sunken); stroke: var(--line); }
@media (max-width: 26rem) { .method .logos .logo:nth-child(n + 3) { display: none; } }
.method:hover { background: var(--sunken); }
.method:has(> input:checked) {
  z-index: 1; border-color: var(--accent); background: var(--surface); box-shadow: inset 0 0 0 1px var(--accent);
}
.method > input:checked ~ .method-body { display: grid; }
.methods > .group-title { margin-top: 0.6rem; color: var(--quiet); }
.methods > .cover { width: 100%; max-height: 10rem; object-fit: cover; border-radius: 0.8rem; }
.offered > label { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 0.1rem 0; align-items: center; }
.offered .name { grid-column: 2; }
.offered .price { margin-inline-start: 0.75rem; font-variant-numeric: tabular-nums; text-align: end; }
.offered .hint { grid-column: 2 / -1; }
.offered .thumb {
  grid-row: span 2; width: 2.75rem; height: 2.75rem; margin-inline-end: 0.75rem; object-fit: cover; border-radius: 0.5rem;
}
@media (max-width: 30rem) { .offered .price { grid-column: 2; margin-inline-start: 0; text-align: start; } }
.method-body { display: none; gap: 1rem; padding: 0.25rem 1rem 1.15rem; }
.method-body.alone { display: grid; padding: 0; }
.adorned { position: relative; display: grid; align-items: center; }
.adorned > * { grid-area: 1 / 1; }
.adorned .brands { justify-self: end; margin-inline-end: 0.75rem; pointer-events: none; }
.adorned .brands .logo { width: 28px; height: 18px; }
.brands[data-brand=all] .logo:nth-child(n + 4), .brands[data-brand=none] .logo { display: none; }
.brands[data-brand=visa] .logo:not([data-logo=visa]),
.brands[data-brand=mastercard] .logo:not([data-logo=mastercard]),
.brands[data-brand=amex] .logo:not([data-logo=amex]),
.brands[data-brand=discover] .logo:not([data-logo=discover]),
.brands[data-brand=rupay] .logo:not([data-logo=rupay]) { display: none; }
@media (max-width: 26rem) { .brands[data-brand=all] { display: none; } }
.adorned { --mark: 3.25rem; }
.adorned input { padding-inline: 0.85rem var(--mark); }
[dir=rtl] .adorned input[dir=ltr] { padding-inline: var(--mark) 0.85rem; }
@media (max-width: 26rem) {
  .adorned { --mark: 2.75rem; }
  .adorned .brands { margin-inline-end: 0.5rem; }
}
@media (max-width: 22.5rem) {
  .method .logos .logo:nth-child(n + 2), .adorned .brands { display: none; }
  .adorned { --mark: 0.85rem; }
  .checkout > .form { padding-inline: 1rem; }
  .method-body { padding-inline: 0.75rem; }
}
.more .offered + .offered { margin-top: 0.6rem; }
.upi { display: grid; gap: 1rem; }
.upi-scan { display: flex; flex-wrap: wrap; align-items: center; gap: 1rem 1.25rem; }
.upi-scan > div { flex: 1 1 11rem; display: grid; gap: 0.85rem; }
.qr { flex: none; padding: 0.4rem; border: 1px solid var(--line); border-radius: 0.8rem; background: #fff; }

html:has(.helpers) { scroll-padding-bottom: 9rem; }
.chips { display: flex; flex-wrap: wrap; gap: 0.45rem; align-items: center; }
.chip {
  min-height: 2.5rem; padding: 0.35rem 0.75rem; border: 1px solid var(--edge); border-radius: 999px; background: var(--surface);
  color: var(--text); font: inherit; font-size: 0.875rem; font-weight: 550; cursor: pointer;
}
.chip:hover { border-color: var(--accent); color: var(--accent); }
[data-live=helpers] { display: contents; }
.helpers {
  position: sticky; bottom: 0; z-index: 5; background: var(--helpers); border-top: 1px solid var(--line);
  box-shadow: 0 -4px 18px rgb(20 28 50 / 8%);
}
.helpers > details { max-width: 66rem; margin: 0 auto; padding: 0 1.25rem; }
.helpers summary {
  display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.75rem; min-height: 2.75rem; cursor: pointer; font-size: 0.875rem;
}
.helpers summary::before {
  content: ''; flex: none; width: 0.4rem; height: 0.4rem; margin-inline: 0.1rem 0.15rem; border: solid currentColor;
  border-width: 0 2px 2px 0; transform: rotate(-45deg);
}
[dir=rtl] .helpers summary::before { transform: rotate(135deg); }
.helpers details[open] > summary::before, [dir=rtl] .helpers details[open] > summary::before { transform: rotate(45deg); }
.helpers summary::-webkit-details-marker { display: none; }
.helpers-body {
  display: flex; flex-wrap: wrap; align-items: start; gap: 0.35rem 1.75rem; max-height: 45vh; overflow: auto;
  padding-bottom: 0.75rem;
}
.helpers .chip { min-height: 2.25rem; padding: 0.25rem 0.8rem; }
#test-cards { font-size: 0.9375rem; }
#test-cards[open] { flex: 1 0 100%; }
#test-cards summary { min-height: 2.25rem; font-weight: 600; }
.card-groups { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 0.25rem 2rem; }
.card-groups h2 { margin: 0.85rem 0 0.25rem; color: var(--quiet); font-size: 0.875rem; }
.card-groups li {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 0 0.75rem; padding: 0.4rem 0;
  border-top: 1px solid var(--line);
}
.card-groups li code { white-space: nowrap; }
.card-groups li button { grid-row: 1 / span 2; grid-column: 2; }
[data-embed=inline] .helpers { position: static; }
@media (max-width: 40rem) {
  .helpers .chips { flex-wrap: nowrap; overflow-x: auto; max-width: 100%; padding-bottom: 0.25rem; }
  .helpers .chips > * { flex: none; }
  .helpers-body { max-height: 50vh; }
}
`
