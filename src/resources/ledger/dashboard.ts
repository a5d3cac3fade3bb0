/**
 * The balance in the dashboard: the wallets, the balance of the last 30 days, and the ledger. Stable ids for browser tests:
 * wallets, chart, list, form-book.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../contract/operations.js'
import { chart } from '../../pages/dashboard/chart.js'
import { choiceField, currencyOptions, form, submit, textField } from '../../pages/dashboard/fields.js'
import { pageOf, pathOf, type SectionName } from '../../pages/dashboard/links.js'
import { createdOn, filtersOf, listCard, listed, type Filter } from '../../pages/dashboard/lists.js'
import type { DashboardPage, PageContext } from '../../pages/dashboard/page.js'
import {
  NONE, card, cellLink, code, empty, heading, linkButton, table, tabs, timeTag, labelOf, type Row
} from '../../pages/dashboard/parts.js'
import { readingOf } from '../../pages/dashboard/reading.js'
import type { DashboardSection } from '../../pages/dashboard/section.js'
import { money } from '../../pages/fragments.js'
import type { Fragment } from '../../pages/layout.js'
import { formatDay } from '../../rules/calendar.js'
import { ADDS, type Balance } from './rules.js'

type Entry = Schemas['BalanceLedgerEntryResponse']

const TYPES = Object.keys(ADDS) as Array<Entry['event_type']>

const types = TYPES.map(type => [type, labelOf(type)] as const)

const FILTERS: readonly Filter[] = [
  { name: 'event_type', label: 'Type', type: 'choice', options: types },
  { name: 'reference_object_id', label: 'Reference', type: 'text', placeholder: 'pay_…' },
  { name: 'from', label: 'From', type: 'date', isRare: true },
  { name: 'until', label: 'Until', type: 'date', isRare: true }
]

/** The sections with the pages of referenced objects, by the prefix of their ids. */
const SECTIONS: Readonly<Record<string, SectionName>> = { pay: 'payments', dp: 'disputes', pyt: 'payouts' }

const DAYS = 30
const DAY_US = 86_400_000_000

const balancePage: DashboardPage = {
  async show (page) {
    const { items } = await page.operate('GET /_emulator/balances')
    const wallets = items as Balance[]
    const shown = wallets.find(({ currency }) => currency === page.search.get('currency')) ?? wallets[0]
    const currency = shown?.currency ?? 'USD'
    return {
      title: 'Balance',
      content: html`!${heading('Balance', linkButton(pageOf(page, 'payouts'), 'Payouts'))}
!${wallets.length > 1 ? walletTabs(wallets, currency, page) : ''}
!${card(shown === undefined ? '' : walletFacts(shown, page), { id: 'wallets', title: `Wallet in ${currency}`, live: true })}
!${await entryList(currency, page)}
!${card(bookForm(page, currency), { id: 'booking', title: 'Book entry' })}`
    }
  },
  actions: {
    async book (page, given) {
      const reading = readingOf(given, page.context.sandbox)
      const amount = reading.amount('amount', given.text('currency'))
      reading.check()
      const direction = given.given('is_credit')
      await page.operate('POST /_emulator/ledger/entries', {
        body: {
          event_type: given.text('event_type'),
          amount,
          currency: given.text('currency'),
          is_credit: direction === undefined ? undefined : direction === 'true',
          description: given.given('description')
        }
      })
      return { done: 'booked' }
    }
  },
  notes: { booked: 'The entry was booked.' }
}

function walletTabs (wallets: readonly Balance[], current: string, page: PageContext): Fragment {
  const pathOfWallet = (currency: string) => `${pathOf('ledger')}?${new URLSearchParams({ currency })}`
  return tabs(page, 'Wallets', wallets.map(({ currency }) => [pathOfWallet(currency), currency] as const), pathOfWallet(current))
}

function walletFacts ({ currency, balance, pending, next_payout: next }: Balance, page: PageContext): Fragment {
  const { sandbox } = page.context
  const amount = (minor: number) => money(minor, currency, sandbox)
  const payoutCurrency = currency === 'INR' ? currency : 'USD'
  const payout = next.reason_if_none ?? `${money(next.amount, payoutCurrency, sandbox)}, due ${next.due_at?.slice(0, 10) ?? ''}`
  return html`<p class="balance"><strong data-testid="balance">${amount(balance)}</strong>
!${pending === 0 ? '' : html`<span class="quiet">${amount(pending)} in the next batch</span>`}</p>
<p class="quiet">Next payout: ${payout}</p>
!${course(currency, page)}`
}

/** The balance at the end of each day. */
function course (currency: string, page: PageContext): Fragment {
  const { sandbox, now } = page.context
  const today = Math.floor(now / DAY_US)
  const points = Array.from({ length: DAYS }, (_, index) => {
    const day = today - DAYS + 1 + index
    const value = sandbox.ledger.balanceBefore(currency, (day + 1) * DAY_US)
    const label = formatDay(day * DAY_US)
    return { id: label, label, values: [value], texts: [money(value, currency, sandbox)] }
  })
  return chart({
    id: 'chart',
    title: `Balance in ${currency} in the last ${DAYS} days`,
    series: [{ name: 'Balance', kind: 'line' }],
    points,
    format: value => money(Math.round(value), currency, sandbox),
    summary: `now ${points.at(-1)?.texts[0] ?? ''}`
  })
}

async function entryList (currency: string, page: PageContext): Promise<Fragment> {
  const { from, until, ...given } = filtersOf(page, ['event_type', 'reference_object_id', 'from', 'until'])
  const query = { ...given, ...createdOn({ from, until }), currency }
  const found = await listed(page, paging => page.operate('GET /balances/ledger', { query: { ...query, ...paging } }))
  const rows = found.items.map(entry => entryRow(entry, page))
  const nothing = Object.keys(query).length > 1
    ? empty('No matching entries', html`<p>Change the filter, or <a href="${pageOf(page, 'ledger')}">show all</a>.</p>`)
    : empty('No entries yet', html`<p>A succeeded payment books the first ones.</p>`)
  const entries = table('Ledger', [
    { title: 'Type' }, { title: 'Reference' }, { title: 'Amount', kind: 'number' }, { title: 'Balance', kind: 'number' },
    { title: 'When', kind: 'low' }
  ], rows)
  return listCard(page, FILTERS, rows.length > 0 ? entries : nothing, found, 'entries')
}

function entryRow (entry: Entry, page: PageContext): Row {
  const { sandbox } = page.context
  const { amount, currency, is_credit: isCredit } = entry
  return {
    id: entry.id,
    cells: [
      html`${labelOf(entry.event_type)}`,
      entry.reference_object_id == null ? html`${entry.description ?? '–'}` : about(entry.reference_object_id, page),
      html`${money(isCredit ? amount : -amount, currency, sandbox)}`,
      entry.after_balance == null ? NONE : html`${money(entry.after_balance, currency, sandbox)}`,
      timeTag(entry.created_at, page)
    ]
  }
}

function about (id: string, page: PageContext): Fragment {
  const [prefix = ''] = id.split('_')
  const section = SECTIONS[prefix]
  const { sandbox } = page.context
  const paymentId = prefix === 'ref' ? sandbox.refunds.find(id)?.payment_id : undefined
  if (paymentId !== undefined) return cellLink(pageOf(page, 'payments', paymentId), code(id))
  return section === undefined ? code(id) : cellLink(pageOf(page, section, id), code(id))
}

function bookForm (page: PageContext, currency: string): Fragment {
  const booking = page.formState('book')
  return form(booking, html`<div class="pair">
!${choiceField(booking, { name: 'event_type', label: 'Type', options: types, value: 'adjustment' })}
!${choiceField(booking, {
  name: 'is_credit',
  label: 'Direction',
  options: [['', 'Default of the type'], ['true', 'Add to the balance'], ['false', 'Take from it']]
})}
!${textField(booking, { name: 'amount', label: 'Amount', inputmode: 'decimal', isRequired: true })}
!${choiceField(booking, { name: 'currency', label: 'Currency', options: currencyOptions(page), value: currency })}
!${textField(booking, { name: 'description', label: 'Description' })}</div>
<div class="row">!${submit('Book entry', 'second')}</div>`)
}

export const ledgerSection: DashboardSection = {
  name: 'ledger',
  title: 'Balance',
  icon: 'M4 19h16M6 16l4-5 3 3 5-7',
  position: 17,
  pages: { '/': balancePage }
}
