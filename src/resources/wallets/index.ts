/** Customers' wallets: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { wallets as handlers } from './routes.js'

export const wallets = { handlers } satisfies Resource
