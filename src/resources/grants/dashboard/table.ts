/** Grants as a table, and as a card on the pages of other objects. */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { pageOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, code, linkButton, statusTag, table, timeTag, labelOf, type Kind, type Row
} from '../../../pages/dashboard/parts.js'
import type { Subject } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'

export type GrantReply = Required<Schemas['EntitlementGrantResponse']>

const LATEST = 8

const KINDS: Record<GrantReply['status'], Kind> = { Pending: 'wait', Delivered: 'good', Failed: 'bad', Revoked: 'calm' }

export function grantTag (status: GrantReply['status']): Fragment {
  return statusTag(status, KINDS[status])
}

/** The name of an entitlement, also of a deleted one. */
export function entitlementName (id: string, { context: { sandbox } }: PageContext): string {
  return sandbox.entitlements.find(id)?.name ?? id
}

export function customerEmail (id: string, { context: { sandbox } }: PageContext): string {
  return sandbox.customers.find(id)?.email ?? id
}

export function grantTable (grants: readonly GrantReply[], page: PageContext): Fragment {
  const rows = grants.map((grant): Row => ({
    id: grant.id,
    cells: [
      cellLink(pageOf(page, 'grants', grant.id), code(grant.id), customerEmail(grant.customer_id, page)),
      cellLink(pageOf(page, 'entitlements', grant.entitlement_id), html`${entitlementName(grant.entitlement_id, page)}`,
        labelOf(grant.integration_type)),
      html`!${grantTag(grant.status)}!${grant.revocation_reason === null
        ? ''
        : html`<span class="under">${labelOf(grant.revocation_reason)}</span>`}`,
      timeTag(grant.created_at, page)
    ]
  }))
  return table('Grants', [
    { title: 'Grant' }, { title: 'Entitlement' }, { title: 'Status' }, { title: 'Created', kind: 'low' }
  ], rows)
}

/** The latest grants of a customer, a payment, a subscription or an entitlement. */
export async function relatedGrants (subject: Subject, page: PageContext): Promise<Fragment> {
  if ('product_id' in subject || 'grant_id' in subject) return ''
  const { items } = await page.operate('GET /_emulator/grants', { query: { ...subject, page_size: LATEST } })
  if (items.length === 0) return ''
  const all = linkButton(`${pageOf(page, 'grants')}?${new URLSearchParams(subject)}`, 'All grants')
  return card(grantTable(items as GrantReply[], page), { id: 'grants', title: 'Grants', live: true, pad: false, actions: all })
}
