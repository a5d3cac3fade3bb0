/** Entitlements: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { entitlementHandlers as handlers } from './routes.js'

export const entitlements = { handlers, fixtures } satisfies Resource
