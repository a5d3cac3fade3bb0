/** Credits on the pages of customers, subscriptions and products in the dashboard. */
import { html } from 'ghtml'
import { pageOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { card, cellLink, table, type Column, type Row } from '../../../pages/dashboard/parts.js'
import type { Subject } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'

export async function relatedCredits (subject: Subject, page: PageContext): Promise<Fragment> {
  if ('customer_id' in subject) return await ofCustomer(subject.customer_id, page)
  if ('subscription_id' in subject) return await ofSubscription(subject.subscription_id, page)
  return 'product_id' in subject ? await ofProduct(subject.product_id, page) : ''
}

function shown (columns: readonly Column[], rows: readonly Row[]): Fragment {
  if (rows.length === 0) return ''
  return card(table('Credits', columns, rows), { id: 'credits', title: 'Credits', live: true, pad: false })
}

async function ofCustomer (customerId: string, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /customers/{customer_id}/credit-entitlements', { path: { customer_id: customerId } })
  const columns: Column[] = [
    { title: 'Credits' }, { title: 'Balance', kind: 'number' }, { title: 'Overage', kind: 'number' }
  ]
  return shown(columns, items.map(({ credit_entitlement_id: id, name, unit, balance, overage }) => ({
    id: `credits-${id}`,
    cells: [
      cellLink(pageOf(page, 'creditEntitlements', id, customerId), html`${name}`, id), html`${balance} ${unit}`, html`${overage}`
    ]
  })))
}

async function ofSubscription (subscriptionId: string, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /subscriptions/{subscription_id}/credit-usage', {
    path: { subscription_id: subscriptionId }
  })
  const customerId = page.context.sandbox.subscriptions.find(subscriptionId)?.customer_id ?? ''
  const columns: Column[] = [
    { title: 'Credits' }, { title: 'Balance', kind: 'number' }, { title: 'Overage', kind: 'number' },
    { title: 'Overage left', kind: 'number' }
  ]
  return shown(columns, items.map(item => ({
    id: `credits-${item.credit_entitlement_id}`,
    cells: [
      cellLink(pageOf(page, 'creditEntitlements', item.credit_entitlement_id, customerId),
        html`${item.credit_entitlement_name}`, item.credit_entitlement_id),
      html`${item.balance} ${item.unit}`,
      html`${item.overage}`,
      html`${item.overage_enabled ? item.remaining_headroom ?? 'no limit' : 'off'}`
    ]
  })))
}

async function ofProduct (productId: string, page: PageContext): Promise<Fragment> {
  const { credit_entitlements: credits } = await page.operate('GET /products/{id}', { path: { id: productId } })
  const columns: Column[] = [{ title: 'Credits' }, { title: 'Amount', kind: 'number' }, { title: 'In a trial', kind: 'number' }]
  return shown(columns, (credits ?? []).map(credit => ({
    id: `credits-${credit.credit_entitlement_id}`,
    cells: [
      cellLink(pageOf(page, 'creditEntitlements', credit.credit_entitlement_id),
        html`${credit.credit_entitlement_name}`, credit.credit_entitlement_id),
      html`${credit.credits_amount} ${credit.credit_entitlement_unit}`,
      html`${credit.trial_credits ?? credit.credits_amount}`
    ]
  })))
}
