/** Usage totals of subscriptions: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { usageControls as controls } from './control.js'

export const usage = { controls } satisfies Resource
