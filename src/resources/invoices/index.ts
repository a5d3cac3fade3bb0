/** Invoices: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { invoices as handlers } from './routes.js'

export const invoices = { handlers } satisfies Resource
