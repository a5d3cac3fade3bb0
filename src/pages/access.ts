/**
 * The grants of a customer on the status page and in the portal: keys, files, features and connections. Automated tests can rely
 * on:
 *
 *   data-testid   access (with data-grant-id, data-type and data-status), and in it license-key, activations, instance (with
 *                 data-instance-id), activation-message, download (with data-file-id), external-url, instructions, connect, retry
 */
import { html } from 'ghtml'
import type { Grant, GrantStatus } from '../resources/grants/store.js'
import { canRetry } from '../resources/grants/lifecycle.js'
import { REFUSED_BY_PLATFORM } from '../resources/grants/control.js'
import { needsAccount } from '../resources/grants/states.js'
import { grantResponse } from '../resources/grants/view.js'
import { english, type Locale, type PlainKey } from '../messages/locale.js'
import { form, shortened, type FormTarget } from './fragments.js'
import type { Fragment } from './layout.js'
import type { PageContext } from './page-context.js'

/** The maximum number of grants on a page. */
const SHOWN_MAX = 100
const INSTANCES_MAX = 50

/** The number of grants that are always shown. */
const FIRST_SHOWN = 6

const STATUSES: Record<GrantStatus, { kind: 'good' | 'bad' | 'wait' | 'calm', text: PlainKey }> = {
  Pending: { kind: 'wait', text: 'access.waiting' },
  Delivered: { kind: 'good', text: 'access.active' },
  Failed: { kind: 'bad', text: 'access.failed' },
  Revoked: { kind: 'calm', text: 'access.ended' }
}

const PLATFORMS: Partial<Record<Grant['integration_type'], string>> = {
  discord: 'Discord', github: 'GitHub', notion: 'Notion', telegram: 'Telegram', figma: 'Figma', framer: 'Framer'
}

/** The name of the platform that a grant gives access to. */
export function platformOf ({ integration_type: type }: Pick<Grant, 'integration_type'>): string {
  return PLATFORMS[type] ?? type.replaceAll('_', ' ')
}

/** The reason why a grant failed. The store's own reasons are shown as it wrote them. */
export function failureOf (grant: Grant, locale: Locale): string {
  const refused = ({ text }: Locale) => text('accept.refused', { platform: platformOf(grant) })
  const message = grant.error_message
  return message === null || message === REFUSED_BY_PLATFORM || message === refused(english()) ? refused(locale) : message
}

/** `target` is the form that deactivates instances; null on pages where they can only be viewed. */
export function accessPanel (grants: readonly Grant[], target: FormTarget | null, context: PageContext): Fragment {
  if (grants.length === 0) return ''
  const { text } = context.locale
  return html`<section class="panel" id="access" aria-labelledby="access-title">
<h2 class="section-title" id="access-title">${text('access.title')}</h2>
!${shortened(grants.slice(0, SHOWN_MAX).map(grant => accessEntry(grant, target, context)), {
    shown: FIRST_SHOWN, more: count => text('access.more', { count }), list: items => html`<ul class="entries">!${items}</ul>`
  })}
</section>`
}

function accessEntry (grant: Grant, target: FormTarget | null, context: PageContext): Fragment {
  const { sandbox, locale } = context
  const { kind, text } = STATUSES[grant.status]
  const product = sandbox.products.find(grant.product_id)
  const entitlement = sandbox.entitlements.find(grant.entitlement_id)
  return html`<li class="entry access" data-testid="access" data-grant-id="${grant.grant_id}"
data-type="${grant.integration_type}" data-status="${grant.status}">
<h3>${entitlement?.name ?? platformOf(grant)}</h3>
<p class="hint">${product?.name ?? grant.product_id} <span class="tag ${kind}">${locale.text(text)}</span></p>
!${content(grant, target, context)}
</li>`
}

function content (grant: Grant, target: FormTarget | null, context: PageContext): Fragment {
  const { text } = context.locale
  if (grant.status === 'Failed' && grant.error_message !== null) {
    const reason = failureOf(grant, context.locale)
    return html`<p class="problem"><bdi>${reason}</bdi></p>!${connection(grant, context)}!${retry(grant, target, context)}`
  }
  if (grant.status === 'Pending') return pending(grant, context)
  if (grant.status !== 'Delivered') return ''
  switch (grant.integration_type) {
    case 'license_key': return licenseKey(grant, target, context)
    case 'digital_files': return files(grant, context)
    case 'feature_flag': return html`<p class="hint">
${text('access.feature', { feature: grant.config.feature_id })}</p>`
    default: return html`<p class="hint">${grant.account === null
      ? text('access.ready', { platform: platformOf(grant) })
      : text('access.connected', { account: grant.account })}</p>`
  }
}

/** Asks for the delivery again. Only in the portal, where the customer can make changes. */
function retry (grant: Grant, target: FormTarget | null, { locale }: PageContext): Fragment {
  if (target === null || !canRetry(grant)) return ''
  return form(target, html`<input type="hidden" name="grant_id" value="${grant.grant_id}">
<button class="button second" data-testid="retry" name="action" value="retry">${locale.text('common.tryAgain')}</button>`)
}

function pending (grant: Grant, context: PageContext): Fragment {
  if (needsAccount(grant)) return connection(grant, context)
  const { sandbox: { business }, locale: { text } } = context
  return html`<p class="hint">${grant.integration_type === 'license_key'
    ? text('access.keyLater', { store: business.name })
    : text('access.soon')}</p>`
}

function connection (grant: Grant, context: PageContext): Fragment {
  if (grant.oauth_token === null) return ''
  const url = `${context.baseUrl}/entitlements/oauth/${grant.oauth_token}`
  return html`<a class="button second" data-testid="connect" href="${url}">
${context.locale.text('access.connect', { platform: platformOf(grant) })}</a>`
}

function licenseKey (grant: Grant, target: FormTarget | null, context: PageContext): Fragment {
  const { sandbox, locale, locale: { text } } = context
  const key = sandbox.licenseKeys.ofGrant(grant.grant_id)
  if (key === undefined || grant.integration_type !== 'license_key') return ''
  const { activations_limit: limit, instances_count: count, expires_at: end } = key
  const instances = target === null
    ? []
    : sandbox.licenseKeys.listInstances({ license_key_id: key.license_key_id }, INSTANCES_MAX, 0)
  const used = limit === null
    ? text('access.activations', { count })
    : text('access.activationsOf', { used: count, count: limit })
  const activations = html`<span data-testid="activations">${used}</span>`
  return html`<p><code data-testid="license-key">${key.key}</code></p>
<p class="hint">!${end === null ? activations : locale.fragment('access.validUntil', { activations, date: locale.day(end) })}</p>
!${grant.config.activation_message === null
    ? ''
    : html`<p data-testid="activation-message"><bdi>${grant.config.activation_message}</bdi></p>`}
!${target === null || instances.length === 0
    ? ''
    : html`<ul>!${instances.map(instance => html`<li data-testid="instance" data-instance-id="${instance.instance_id}">
!${form(target, html`<input type="hidden" name="instance_id" value="${instance.instance_id}">
<span>${instance.name}</span>
<button class="button bare" name="action" value="deactivate"
aria-label="${text('access.deactivateDevice', { device: instance.name })}">${text('access.deactivate')}</button>`)}
</li>`)}</ul>`}`
}

function files (grant: Grant, context: PageContext): Fragment {
  const { digital_product_delivery: delivery } = grantResponse(grant, context)
  if (delivery === null) return ''
  const { external_url: external } = delivery
  return html`!${delivery.instructions == null ? '' : html`<p data-testid="instructions"><bdi>${delivery.instructions}</bdi></p>`}
<ul>!${delivery.files.map(({ file_id: id, filename, download_url: url }) =>
    html`<li><a data-testid="download" data-file-id="${id}" href="${url}">${filename}</a></li>`)}
!${external == null
    ? ''
    : html`<li><a data-testid="external-url" href="${external}" rel="noreferrer">${external}</a></li>`}</ul>`
}
