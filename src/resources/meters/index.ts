/** Meters, which add up usage events: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { meters as handlers } from './routes.js'

export const meters = { handlers, fixtures } satisfies Resource
