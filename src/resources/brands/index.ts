/** Brands: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { brands as handlers } from './routes.js'

export const brands = { handlers, fixtures } satisfies Resource
