/** Settings of the business: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { settingsControls as controls } from './control.js'

export const settings = { controls } satisfies Resource
