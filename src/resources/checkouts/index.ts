/** Checkout sessions: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { checkoutControls as controls } from './control.js'
import { fixtures } from './fixtures.js'
import { checkouts as handlers } from './routes.js'

export const checkouts = { handlers, controls, fixtures } satisfies Resource
