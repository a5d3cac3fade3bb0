/** Sessions of the customer portal: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { portalSessions as handlers } from './routes.js'

export const portalSessions = { handlers } satisfies Resource
