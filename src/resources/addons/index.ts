/** Add-ons: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { addons as handlers } from './routes.js'

export const addons = { handlers } satisfies Resource
