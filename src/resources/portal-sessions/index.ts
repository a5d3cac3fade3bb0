/** Sessions of the customer portal: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { portalSessions as handlers } from './routes.js'

export const portalSessions = { handlers } satisfies Resource
