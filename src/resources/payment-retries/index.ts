/** Manual retries of failed payments: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { paymentRetriesHandlers as handlers } from './routes.js'

export const paymentRetries = { handlers } satisfies Resource
