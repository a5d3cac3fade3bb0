/** Invoices: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { invoices as handlers } from './routes.js'

export const invoices = { handlers } satisfies Resource
