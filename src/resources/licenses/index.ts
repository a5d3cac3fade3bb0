/** Licences: the operations that licensed software calls. The keys themselves belong to the resource license-keys. */
import type { Resource } from '../resource.js'
import { licenseHandlers as handlers } from './routes.js'

export const licenses = { handlers } satisfies Resource
