/** Entitlements: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { entitlementHandlers as handlers } from './routes.js'

export const entitlements = { handlers } satisfies Resource
