/**
 * Grants in the dashboard: the list, and the page of each, with its content, its events and its actions. Stable ids for browser
 * tests: list, facts, content, events, accept, deliver, fail, revoke, restore, raw; data-testid download.
 */
import { html } from 'ghtml'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import { filtersOf, listed, listCard, type Filter } from '../../../pages/dashboard/lists.js'
import type { DashboardPage, PageContext, Shown } from '../../../pages/dashboard/page.js'
import {
  card, cellLink, code, crumb, empty, facts, fullTime, heading, idTag, metadata, rawJson, text, timeTag, labelOf
} from '../../../pages/dashboard/parts.js'
import type { DashboardSection } from '../../../pages/dashboard/section.js'
import type { Fragment } from '../../../pages/layout.js'
import { GRANT_STATUSES, INTEGRATION_TYPES } from '../../../rules/entitlements.js'
import { findGrant } from '../rules.js'
import { grantResponse } from '../view.js'
import { GRANT_NOTES, grantActions, grantForms } from './actions.js'
import { customerEmail, entitlementName, grantTable, grantTag, relatedGrants, type GrantReply } from './table.js'

const EVENTS_MAX = 100

const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', type: 'choice', options: GRANT_STATUSES.map(status => [status, labelOf(status)] as const) },
  {
    name: 'integration_type',
    label: 'Type',
    type: 'choice',
    options: INTEGRATION_TYPES.map(type => [type, labelOf(type)] as const)
  },
  { name: 'customer_id', label: 'Customer', type: 'text', placeholder: 'cus_…' },
  { name: 'entitlement_id', label: 'Entitlement', type: 'text', placeholder: 'ent_…', isRare: true },
  { name: 'payment_id', label: 'Payment', type: 'text', placeholder: 'pay_…', isRare: true },
  { name: 'subscription_id', label: 'Subscription', type: 'text', placeholder: 'sub_…', isRare: true }
]

async function list (page: PageContext): Promise<Shown> {
  const filters = filtersOf(page, [
    'status', 'integration_type', 'customer_id', 'entitlement_id', 'payment_id', 'subscription_id'
  ])
  const found = await listed(page, paging => page.operate('GET /_emulator/grants', { query: { ...filters, ...paging } }))
  const nothing = Object.keys(filters).length > 0
    ? empty('No matching grants', html`<p>Change the filters, or <a href="${pageOf(page, 'grants')}">show all</a>.</p>`)
    : empty('No grants yet', html`<p>Attach an <a href="${pageOf(page, 'entitlements')}">entitlement</a> to a product. Each
customer who buys the product gets a grant.</p>`)
  const shown = found.items.length > 0 ? grantTable(found.items as GrantReply[], page) : nothing
  return { title: 'Grants', content: html`!${heading('Grants')}!${listCard(page, FILTERS, shown, found, 'grants')}` }
}

const grantPage: DashboardPage = {
  async show (page) {
    const grant = findGrant(page.param('id'), page.context)
    const reply = grantResponse(grant, page.context)
    return {
      title: reply.id,
      content: html`<div id="top" data-live>!${heading({ html: html`!${idTag(reply.id)}!${grantTag(reply.status)}` }, '',
        crumb(page, pathOf('grants'), 'Grants'))}</div>
<div class="columns"><div>
!${card(grantFacts(reply, page), { id: 'facts', title: 'Grant', live: true })}
!${content(reply)}
!${await page.related({ grant_id: reply.id })}
!${card(await events(reply.id, page), { id: 'events', title: 'Events', live: true })}
!${card(rawJson(reply, page), { id: 'raw-card', live: true })}
</div><div id="actions" data-live>!${grantForms(grant, page)}</div></div>`
    }
  },
  actions: grantActions,
  notes: GRANT_NOTES
}

function grantFacts (grant: GrantReply, page: PageContext): Fragment {
  const { product_id: productId, account } = findGrant(grant.id, page.context)
  const link = (section: 'payments' | 'subscriptions', id: string | null) =>
    id === null ? null : cellLink(pageOf(page, section, id), code(id))
  return facts([
    ['Id', idTag(grant.id)],
    ['Entitlement', cellLink(pageOf(page, 'entitlements', grant.entitlement_id),
      html`${entitlementName(grant.entitlement_id, page)}`)],
    ['Type', html`${labelOf(grant.integration_type)}`],
    ['Customer', cellLink(pageOf(page, 'customers', grant.customer_id), html`${customerEmail(grant.customer_id, page)}`)],
    ['Product', cellLink(pageOf(page, 'products', productId),
      html`${page.context.sandbox.products.find(productId)?.name ?? productId}`)],
    ['Payment', link('payments', grant.payment_id)],
    ['Subscription', link('subscriptions', grant.subscription_id)],
    ['Account', text(account)],
    ['Link valid until', grant.oauth_expires_at === null ? null : fullTime(grant.oauth_expires_at, page)],
    ['Error', grant.error_code === null ? null : html`!${code(grant.error_code)} ${grant.error_message ?? ''}`],
    ['Created', fullTime(grant.created_at, page)],
    ['Delivered', grant.delivered_at === null ? null : fullTime(grant.delivered_at, page)],
    ['Revoked', grant.revoked_at === null ? null : fullTime(grant.revoked_at, page)],
    ['Reason', grant.revocation_reason === null ? null : html`${labelOf(grant.revocation_reason)}`],
    ['Metadata', metadata(grant.metadata)]
  ])
}

/** The files or the feature of a grant. Its licence key is a card of its own. */
function content ({ digital_product_delivery: delivery, feature }: GrantReply): Fragment {
  if (feature !== null) return card(facts([['Feature', code(feature.feature_id)]]), { id: 'content', title: 'Feature' })
  if (delivery === null) return ''
  const { files, external_url: external, instructions } = delivery
  const list = html`<ul class="entries">!${files.map(({ file_id: id, filename, download_url: url, file_size: size }) =>
    html`<li><a data-testid="download" data-file-id="${id}" href="${url}">${filename}</a>
<span class="quiet">${size == null ? '' : `${size} bytes`}</span></li>`)}</ul>`
  return card(html`!${files.length === 0 ? '<p class="quiet">The grant has no files.</p>' : list}
!${facts([['External link', external == null ? null : html`<a href="${external}" rel="noreferrer">${external}</a>`],
    ['Instructions', text(instructions)]])}`, { id: 'content', title: 'Files', live: true })
}

async function events (grantId: string, page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /_emulator/events', { query: { subject_id: grantId, page_size: EVENTS_MAX } })
  return html`<ol class="timeline">!${items.toReversed().map(({ event_id: id, type, created_at: at }) =>
    html`<li id="entry-${id}" class="${type.endsWith('failed') ? 'bad' : 'calm'}"><div class="what">
<a href="${pageOf(page, 'webhooks', 'events', id)}">${type}</a>!${timeTag(at, page)}</div></li>`)}</ol>`
}

export const grantsSection: DashboardSection = {
  name: 'grants',
  title: 'Grants',
  icon: 'M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9c-5 0-5-5-2.5-5S12 9 12 9s0-5 2.500-5 2.500 5-2.500 5',
  position: 44,
  pages: { '/': { show: list }, '/:id': grantPage },
  objects: [{
    kind: 'Grants',
    prefix: 'entg',
    find (id, { context: { sandbox } }) {
      const grant = sandbox.grants.find(id)
      return grant === undefined ? null : sandbox.entitlements.find(grant.entitlement_id)?.name ?? 'Grant'
    }
  }],
  related: relatedGrants
}
