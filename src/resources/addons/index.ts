/** Add-ons: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { addons as handlers } from './routes.js'

export const addons = { handlers, fixtures } satisfies Resource
