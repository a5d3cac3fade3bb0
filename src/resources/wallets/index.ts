/** Customers' wallets: what the rest of the program asks of this resource. */
import type { Resource } from '../resource.js'
import { wallets as handlers } from './routes.js'

export const wallets = { handlers } satisfies Resource
