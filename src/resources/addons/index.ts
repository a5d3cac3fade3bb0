/** Add-ons: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { addons as handlers } from './routes.js'

export const addons = { handlers, fixtures } satisfies Resource
