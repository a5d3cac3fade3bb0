/** The countries of the checkout: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { checkout as handlers } from './routes.js'

export const checkout = { handlers } satisfies Resource
