/** Saved payment methods: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { paymentMethods as handlers } from './routes.js'

export const paymentMethods = { handlers } satisfies Resource
