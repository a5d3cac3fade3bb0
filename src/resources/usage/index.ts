/** Usage totals of subscriptions: the declaration of the resource. */
import type { Resource } from '../resource.js'

export const usage = {} satisfies Resource
