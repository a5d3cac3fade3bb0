/** The countries of the checkout: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { checkout as handlers } from './routes.js'

export const checkout = { handlers } satisfies Resource
