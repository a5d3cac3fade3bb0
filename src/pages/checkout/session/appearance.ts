/**
 * The appearance that a checkout session sets for its pages and those of its payment: the theme, the button, the order, and the
 * link back.
 */
import { html } from 'ghtml'
import type { Session } from '../../../resources/checkouts/store.js'
import type { Payment } from '../../../resources/payments/store.js'
import type { Sandbox } from '../../../sandbox/sandbox.js'
import { urlProblem } from '../../fragments.js'
import type { Fragment, Appearance } from '../../layout.js'
import type { Shown } from '../../page-context.js'

export interface SessionAppearance extends Appearance {
  payButtonText: string | null
  showsOrder: boolean
  showsOnDemandTag: boolean
  /** The URL of the link back; null without one. */
  cancelUrl: string | null
}

const PLAIN: SessionAppearance = {
  theme: null, styleUrl: null, payButtonText: null, showsOrder: true, showsOnDemandTag: true, cancelUrl: null
}

/** `base` is the path that the URLs of hosted pages begin with. */
export function appearanceOf ({ session_id: id, terms }: Pick<Session, 'session_id' | 'terms'>, base: string): SessionAppearance {
  const { theme, theme_config: config, show_order_details: showsOrder = true, show_on_demand_tag: showsOnDemandTag = true } =
    terms.customization
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : null,
    styleUrl: config == null ? null : `${base}/session/${id}/theme.css`,
    payButtonText: config?.pay_button_text?.trim() || null,
    showsOrder,
    showsOnDemandTag,
    cancelUrl: terms.cancel_url
  }
}

export function appearanceOfPayment (
  { checkout_session_id: id }: Payment, { checkouts }: Sandbox, base: string
): SessionAppearance {
  const session = id === null ? undefined : checkouts.find(id)
  return session === undefined ? PLAIN : appearanceOf(session, base)
}

export function backLink ({ cancelUrl }: SessionAppearance, { sandbox: { business }, locale }: Shown): Fragment {
  if (cancelUrl === null) return ''
  return html`<p class="back">
<a href="${cancelUrl}" id="back-link"><span class="arrow" aria-hidden="true">←</span>
${locale.text('common.backTo', { store: business.name })}</a></p>!${urlProblem(cancelUrl, locale)}`
}

/** The language that the session of a payment sets; null without one. */
export function languageOfPayment ({ checkout_session_id: id }: Payment, { checkouts }: Sandbox): string | null {
  return (id === null ? undefined : checkouts.find(id))?.terms.customization.force_language ?? null
}
