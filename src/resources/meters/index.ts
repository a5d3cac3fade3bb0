/** Meters, which add up usage events: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { meters as handlers } from './routes.js'

export const meters = { handlers } satisfies Resource
