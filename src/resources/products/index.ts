/** Products: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { products as handlers } from './routes.js'

export const products = { handlers, fixtures } satisfies Resource
