/** Credit entitlements: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { creditEntitlementHandlers as handlers } from './routes.js'

export const creditEntitlements = { handlers, fixtures } satisfies Resource
