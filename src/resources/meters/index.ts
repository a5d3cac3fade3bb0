/** Meters, which add up usage events: the declaration of the resource. */
import type { Resource } from '../resource.js'
import { meterControls as controls } from './control.js'
import { metersSection as dashboard } from './dashboard/index.js'
import { fixtures } from './fixtures.js'
import { meters as handlers } from './routes.js'

export const meters = { handlers, controls, fixtures, dashboard } satisfies Resource
