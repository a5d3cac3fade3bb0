/** Meters, which add up usage events: the declaration of the resource. */
import type { Jobs } from '../../sandbox/jobs.js'
import type { Resource } from '../resource.js'
import { COUNT_JOB, goOnCounting } from '../usage/days.js'
import { meterControls as controls } from './control.js'
import { fixtures } from './fixtures.js'
import { meters as handlers } from './routes.js'

const jobs: Jobs = { [COUNT_JOB]: { rank: 9, run: goOnCounting } }

export const meters = { handlers, controls, jobs, fixtures } satisfies Resource
