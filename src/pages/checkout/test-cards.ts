/**
 * The test cards on the checkout page: buttons that fill in a card, and the complete list. The numbers are text, so that they can
 * be copied without scripts.
 */
import { html } from 'ghtml'
import type { TestCard } from '../../rules/instruments.js'
import type { Locale, PlainKey } from '../../messages/locale.js'
import { networkName } from '../fragments.js'
import type { Fragment } from '../layout.js'
import type { PageContext } from '../page-context.js'
import type { Offer } from './methods.js'

const GROUPS: ReadonlyArray<{ title: PlainKey, short: PlainKey | null, holds: (card: TestCard) => boolean }> = [
  {
    title: 'helper.groupSucceed',
    short: 'helper.succeeds',
    holds: ({ outcome, later_charges: later }) => outcome === 'succeeded' && !later
  },
  { title: 'helper.groupAsk', short: 'helper.asks', holds: ({ outcome }) => outcome === 'requires_customer_action' },
  { title: 'helper.groupSettle', short: 'helper.settles', holds: ({ outcome }) => outcome === 'processing' },
  { title: 'helper.groupFail', short: 'helper.declined', holds: ({ outcome }) => outcome === 'failed' },
  { title: 'helper.groupFailLater', short: null, holds: ({ later_charges: later }) => later !== undefined }
]

/**
 * The test helpers of a page: a strip at its lower edge that folds away, with the test cards of the types that the payment
 * accepts and the test IDs of UPI. Empty with `--test-helpers off`.
 */
export function testHelpers ({ cardTypes, upi }: Pick<Offer, 'cardTypes' | 'upi'>, context: PageContext): Fragment {
  const { sandbox, now, locale, locale: { text } } = context
  if (!sandbox.settings.testHelpers || (cardTypes.length === 0 && upi === null)) return ''
  return html`<aside class="helpers" aria-label="${text('helper.title')}"><details id="test-helpers" open>
<summary><strong>${text('helper.title')}</strong><span class="hint">${text('helper.hint')}</span></summary>
<div class="helpers-body">
!${cardTypes.length === 0 ? '' : cards(cardTypes, context, testExpiry(now))}
!${upi === null
    ? ''
    : html`<div class="chips with-script" role="group" aria-label="${text('helper.fillUpi')}">
<span class="hint">${text('upi.id')}</span>
!${UPI_IDS.map(([id, label]) => html`<button type="button" class="chip" data-fill-upi="${id}">${text(label)}</button>`)}</div>
<p class="hint without-script">
${text('helper.upiIds', { ids: locale.list(UPI_IDS.map(([id, label]) => `${id} ${text(label)}`)) })}</p>`}
</div>
<p class="visually-hidden" role="status" id="card-filled"></p>
</details></aside>`
}

const UPI_IDS = [['success@upi', 'helper.succeeds'], ['failure@upi', 'helper.declined']] as const

function cards (types: readonly string[], { sandbox: { reference }, locale }: PageContext, expiry: string): Fragment {
  const { text } = locale
  const accepted = reference.testCards.filter(({ type }) => types.includes(type))
  const groups = GROUPS.map(group => ({ ...group, cards: accepted.filter(group.holds) })).filter(group => group.cards.length > 0)
  return html`<div class="chips with-script" role="group" aria-label="${text('helper.fillCard')}">
<span class="hint">${text('helper.cardThat')}</span>
!${groups.map(({ short, cards: [first] }) => short === null || first === undefined
    ? ''
    : html`<button type="button" class="chip"!${fills(first, expiry, locale)}>${text(short)}</button>`)}</div>
<details id="test-cards"><summary>${text('helper.all')}</summary>
<p class="hint">${text('helper.any', { date: expiry })}</p>
<div class="card-groups">!${groups.map(({ title, cards }) => html`<div><h2>${text(title)}</h2><ul>!${cards.map(card => html`<li>
<code dir="ltr">${spaced(card.number)}</code><span class="hint">${cardLabel(card, locale)}</span>
<button type="button" class="chip with-script" data-testid="use-${card.number}"!${fills(card, expiry, locale)}
aria-label="${text('helper.useCard', { card: cardLabel(card, locale), digits: card.number.slice(-4) })}">
${text('helper.use')}</button></li>`)}</ul></div>`)}</div>
</details>`
}

function fills (card: TestCard, expiry: string, locale: Locale): Fragment {
  const filled = locale.text('helper.filled', { card: cardLabel(card, locale) })
  return html` data-fill-card="${card.number}" data-expiry="${expiry}" data-filled="${filled}"`
}

/** `Visa, US: succeeds` */
function cardLabel ({ label, network, type, country }: TestCard, locale: Locale): string {
  const [start = '', outcome = ''] = label.split(': ')
  const translated = locale.translation(outcome)
  if (locale.language === 'en' || translated === null) return label
  const name = networkName(network)
  return locale.text('helper.card', {
    card: type === 'debit' ? locale.text('method.debit', { network: name }) : name,
    country: locale.country(country ?? 'US', start.split(', ')[1]),
    outcome: translated
  })
}

function spaced (number: string): string {
  return number.replace(/(\d{4})(?=\d)/g, '$1 ')
}

/** The documented 06/32, or a later date if the clock is past it. */
function testExpiry (nowUs: number): string {
  const year = new Date(nowUs / 1000).getUTCFullYear()
  return `06/${String(Math.max(2032, year + 1)).slice(-2)}`
}
