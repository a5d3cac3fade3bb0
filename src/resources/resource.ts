/**
 * One resource, one declaration: everything that the rest of the program asks of a resource. `all.ts` lists the declarations,
 * and nobody else names a resource.
 */
import type { Payloads } from '../sandbox/sender.js'
import type { ControlHandlers, Handlers } from '../contract/handlers.js'
import type { DashboardSection } from '../pages/dashboard/section.js'
import type { FixturesParts } from '../fixtures/part.js'
import type { Jobs } from '../sandbox/jobs.js'
import type { Effects } from '../sandbox/effects.js'

export interface Resource {
  /** Operations of the contract, by name. An operation without a handler answers 501. */
  handlers?: Handlers
  /** Operations under /_emulator that concern this resource, by name. */
  controls?: ControlHandlers
  /** Work that falls due, by kind of job. */
  jobs?: Jobs
  /** How the data of its events is read when they are delivered, by payload type. */
  payloads?: Payloads
  /** What it does when something happens to another resource. */
  effects?: Partial<Effects>
  /** Its section of the dashboard, or several. */
  dashboard?: DashboardSection | readonly DashboardSection[]
  /** Its lists in fixtures files, by key. fixtures/part.ts describes how to write them. */
  fixtures?: FixturesParts
}
