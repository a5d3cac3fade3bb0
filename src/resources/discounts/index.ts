/** Discounts: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { discounts as handlers } from './routes.js'

export const discounts = { handlers, fixtures } satisfies Resource
