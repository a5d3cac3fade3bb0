/** The blocklist: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { blocklistHandlers as handlers } from './routes.js'

export const blocklist = { handlers } satisfies Resource
