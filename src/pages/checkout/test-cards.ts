/**
 * The test cards on the checkout page: buttons that fill in a card, and the complete list. The numbers are text, so that they can
 * be copied without scripts.
 */
import { html } from 'ghtml'
import type { TestCard } from '../../rules/instruments.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { Fragment } from '../layout.js'
import type { Offer } from './methods.js'

const GROUPS: ReadonlyArray<{ title: string, short: string, holds: (card: TestCard) => boolean }> = [
  { title: 'Succeed', short: 'succeeds', holds: ({ outcome, later_charges: later }) => outcome === 'succeeded' && !later },
  { title: 'Ask for 3-D Secure', short: 'needs 3-D Secure', holds: ({ outcome }) => outcome === 'requires_customer_action' },
  { title: 'Settle later', short: 'settles later', holds: ({ outcome }) => outcome === 'processing' },
  { title: 'Fail', short: 'is declined', holds: ({ outcome }) => outcome === 'failed' },
  { title: 'Succeed now, fail when charged again', short: '', holds: ({ later_charges: later }) => later !== undefined }
]

/**
 * The test helpers of a page: a strip at its lower edge that folds away, with the test cards of the types that the payment
 * accepts and the test IDs of UPI. Empty with `--test-helpers off`.
 */
export function testHelpers ({ cardTypes, upi }: Pick<Offer, 'cardTypes' | 'upi'>, { sandbox, now }: Context): Fragment {
  if (!sandbox.settings.testHelpers || (cardTypes.length === 0 && upi === null)) return ''
  return html`<aside class="helpers" aria-label="Test helpers"><details id="test-helpers" open>
<summary><strong>Test helpers</strong><span class="hint">Not part of the shop’s page</span></summary>
<div class="helpers-body">
!${cardTypes.length === 0 ? '' : cards(cardTypes, sandbox, testExpiry(now))}
!${upi === null
    ? ''
    : html`<div class="chips with-script" role="group" aria-label="Fill in a UPI ID"><span class="hint">UPI ID</span>
!${UPI_IDS.map(([id, label]) => html`<button type="button" class="chip" data-fill-upi="${id}">${label}</button>`)}</div>
<p class="hint without-script">UPI IDs: ${UPI_IDS.map(([id, label]) => `${id} ${label}`).join(', ')}.</p>`}
</div>
<p class="visually-hidden" role="status" id="card-filled"></p>
</details></aside>`
}

const UPI_IDS = [['success@upi', 'succeeds'], ['failure@upi', 'is declined']] as const

function cards (types: readonly string[], { reference }: Sandbox, expiry: string): Fragment {
  const accepted = reference.testCards.filter(({ type }) => types.includes(type))
  const groups = GROUPS.map(group => ({ ...group, cards: accepted.filter(group.holds) })).filter(group => group.cards.length > 0)
  return html`<div class="chips with-script" role="group" aria-label="Fill in a test card"><span class="hint">Card that</span>
!${groups.map(({ short, cards: [first] }) => short === '' || first === undefined
    ? ''
    : html`<button type="button" class="chip"!${fills(first, expiry)}>${short}</button>`)}</div>
<details id="test-cards"><summary>All test cards</summary>
<p class="hint">Any expiry date in the future, such as ${expiry}, and any three digits as the security code.</p>
<div class="card-groups">!${groups.map(({ title, cards }) => html`<div><h2>${title}</h2><ul>!${cards.map(card => html`<li>
<code>${spaced(card.number)}</code><span class="hint">${card.label}</span>
<button type="button" class="chip with-script" data-testid="use-${card.number}"!${fills(card, expiry)}
aria-label="Use ${card.label}, ending in ${card.number.slice(-4)}">Use</button></li>`)}</ul></div>`)}</div>
</details>`
}

function fills ({ number, label }: TestCard, expiry: string): Fragment {
  return html` data-fill-card="${number}" data-expiry="${expiry}" data-label="${label}"`
}

function spaced (number: string): string {
  return number.replace(/(\d{4})(?=\d)/g, '$1 ')
}

/** The documented 06/32, or a later date if the clock is past it. */
function testExpiry (nowUs: number): string {
  const year = new Date(nowUs / 1000).getUTCFullYear()
  return `06/${String(Math.max(2032, year + 1)).slice(-2)}`
}
