/** Product collections: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { fixtures } from './fixtures.js'
import { productCollections as handlers } from './routes.js'

export const productCollections = { handlers, fixtures } satisfies Resource
