/** The mailbox: the declaration of the resource. */
import type { Effects } from '../../sandbox/effects.js'
import type { Resource } from '../resource.js'
import {
  mailAbandoned, mailDunning, mailFailedCharge, mailGrant, mailPortalLink, mailReceipt, mailRefund, mailRenewal, mailSubscription
} from './compose.js'
import { emailControls as controls } from './control.js'
import { emailHandlers as handlers } from './routes.js'

const effects: Partial<Effects> = {
  paymentSucceeded: mailReceipt,
  chargeFailed: mailFailedCharge,
  checkoutAbandoned: mailAbandoned,
  refundSucceeded: mailRefund,
  subscriptionChanged: mailSubscription,
  dunningContinued: mailDunning,
  renewalComing: mailRenewal,
  grantChanged: mailGrant,
  portalLinkRequested: mailPortalLink
}

export const emails = { handlers, controls, effects } satisfies Resource
