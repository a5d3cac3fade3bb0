/** Handlers of the operations under /customers/{customer_id}/customer-portal. pages/portal/ serves the page behind the link. */
import { invalidQuery } from '../../errors.js'
import type { Handlers } from '../../contract/handlers.js'
import { returnUrlProblem } from '../../rules/return-url.js'
import { findCustomer } from '../customers/rules.js'

const LIFETIME_US = 24 * 3_600_000_000
/** How long a link is reported as expired. After that it is unknown. */
const KEPT_US = 7 * LIFETIME_US

export const portalSessions = {
  'POST /customers/{customer_id}/customer-portal/session': ({ path, query, context }) => {
    const { sandbox, baseUrl, now } = context
    const { customer_id: customerId } = findCustomer(path.customer_id, context)
    const { return_url: returnUrl = null, send_email: isMailed = false } = query
    checkReturnUrl(returnUrl)
    const token = sandbox.ids.secret()
    sandbox.portalSessions.insert({
      token, customer_id: customerId, return_url: returnUrl, is_mailed: isMailed, expires_at: now + LIFETIME_US
    }, now - KEPT_US)
    const link = `${baseUrl}/portal/session/${token}`
    if (isMailed) sandbox.effects.portalLinkRequested(customerId, link, context)
    return { link }
  }
} satisfies Handlers

/** Throws INVALID_QUERY_PARAMS. */
function checkReturnUrl (returnUrl: string | null): void {
  const problem = returnUrl === null ? null : returnUrlProblem(returnUrl)
  if (problem !== null) throw invalidQuery('return_url', problem)
}
