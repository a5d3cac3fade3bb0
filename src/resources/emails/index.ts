/** The mailbox: the declaration of the resource. */
import type { Effects } from '../../sandbox/effects.js'
import type { Resource } from '../resource.js'
import { mailGrant, mailPortalLink, mailReceipt, mailRefund, mailReminder, mailSubscription } from './compose.js'
import { emailControls as controls } from './control.js'
import { emailsSection as dashboard } from './dashboard.js'
import { emailHandlers as handlers } from './routes.js'

const effects: Partial<Effects> = {
  paymentSucceeded: mailReceipt,
  refundSucceeded: mailRefund,
  subscriptionChanged: mailSubscription,
  dunningContinued: mailReminder,
  grantChanged: mailGrant,
  portalLinkRequested: mailPortalLink
}

export const emails = { handlers, controls, effects, dashboard } satisfies Resource
