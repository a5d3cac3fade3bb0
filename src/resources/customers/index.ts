/** Customers: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { customersSection as dashboard } from './dashboard.js'
import { customers as handlers } from './routes.js'

export const customers = { handlers, dashboard } satisfies Resource
