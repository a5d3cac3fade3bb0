/** Saved payment methods: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { paymentMethods as handlers } from './routes.js'

export const paymentMethods = { handlers } satisfies Resource
