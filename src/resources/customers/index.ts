/** Customers: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { customers as handlers } from './routes.js'

export const customers = { handlers, fixtures } satisfies Resource
