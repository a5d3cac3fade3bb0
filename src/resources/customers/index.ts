/** Customers: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { customersSection as dashboard } from './dashboard.js'
import { fixtures } from './fixtures.js'
import { customers as handlers } from './routes.js'

export const customers = { handlers, fixtures, dashboard } satisfies Resource
