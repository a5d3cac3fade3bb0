/** Moderation: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { moderationHandlers as handlers } from './routes.js'

export const moderation = { handlers } satisfies Resource
