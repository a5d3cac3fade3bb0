/** Credit entitlements: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { creditEntitlementHandlers as handlers } from './routes.js'

export const creditEntitlements = { handlers } satisfies Resource
