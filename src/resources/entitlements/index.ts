/** Entitlements: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { entitlementHandlers as handlers } from './routes.js'

export const entitlements = { handlers } satisfies Resource
