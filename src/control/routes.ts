/** What is answered under /_emulator: what no real payment provider offers. None of it is part of the emulated API. */
import { contract, controlContract } from '../contract/load.js'
import type { OperationName } from '../contract/operations.js'
import { invalid } from '../errors.js'
import type { ControlHandlers } from '../http/handlers.js'
import { VERSION } from '../root.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../rules/calendar.js'
import { runDue, type Jobs } from '../jobs.js'
import type { Context, Sandbox } from '../sandbox.js'
import type { Sandboxes } from '../sandboxes.js'
import { faultControls } from './faults.js'
import { fixtureControls } from './fixtures.js'
import { controls } from '../resources/all.js'
import { pay } from '../resources/payments/pay.js'
import { sandboxControls } from './sandboxes.js'
import { requestControls } from './requests.js'
import { webhookControls } from './webhooks.js'
import type { components } from './types.gen.js'

type ControlSchemas = components['schemas']

export interface Controlled {
  /** What happens when a moved clock reaches its time. */
  jobs: Jobs
  sandboxes: Sandboxes
}

export function controlHandlers ({ jobs, sandboxes }: Controlled) {
  return {
    ...webhookControls,
    ...sandboxControls(sandboxes),
    ...faultControls,
    ...fixtureControls({ jobs, pay }),
    ...requestControls,
    ...controls,

    'GET /_emulator/openapi.json': (): Record<string, unknown> => ({ ...controlContract().document }),

    'GET /_emulator/health': () => ({
      status: 'ok' as const,
      version: VERSION,
      contract_version: contract().document.info.version,
      node_version: process.versions.node,
      uptime_ms: Math.round(process.uptime() * 1000)
    }),

    'GET /_emulator/clock': ({ context }) => clock(context.sandbox),

    'POST /_emulator/clock': ({ body, context }) => {
      moveClock(body, jobs, context)
      return clock(context.sandbox)
    }
  } satisfies ControlHandlers
}

/** These change nothing in the database, and so do not join its transaction, which may run its changes twice. */
export const WITHOUT_TRANSACTION: ReadonlySet<string> = new Set<OperationName>([
  'POST /_emulator/faults',
  'DELETE /_emulator/faults',
  'DELETE /_emulator/faults/{fault_id}',
  'POST /_emulator/deliveries/faults',
  'DELETE /_emulator/deliveries/faults',
  'POST /_emulator/sandboxes',
  'DELETE /_emulator/sandboxes/{name}',
  'POST /_emulator/snapshots',
  'DELETE /_emulator/snapshots/{name}',
  'DELETE /_emulator/requests',
  'POST /_emulator/verify'
])

function clock ({ clock, due }: Sandbox): ControlSchemas['Clock'] {
  const state = clock.state()
  const firstDueAt = due.firstDueAt()
  return {
    now: formatTime(clock.now()),
    frozen: state.frozen_at !== null,
    offset_ms: Math.round(state.offset_us / 1000),
    due: due.count(),
    next_due_at: firstDueAt === undefined ? null : formatTime(firstDueAt)
  }
}

function moveClock (body: ControlSchemas['ClockChange'], jobs: Jobs, { sandbox, origin }: Context): void {
  const target = targetTime(body, sandbox)
  runDue(sandbox, jobs, target, origin)
  sandbox.clock.moveTo(target, body.frozen)
}

const TIME_MAX_US = 253_402_300_799_000_000 // the end of the year 9999: later has no four-digit year

function targetTime ({ advance_ms: advanceMs, now }: ControlSchemas['ClockChange'], { clock }: Sandbox): number {
  if (advanceMs !== undefined && now !== undefined) throw invalid('now', 'now and advance_ms exclude each other')
  if (advanceMs === undefined && now === undefined) return clock.now()
  const target = advanceMs === undefined ? parseTime(now ?? '') : clock.now() + advanceMs * 1000
  if (target === null) throw invalid('now', `now ${MUST_BE_A_TIME}`)
  if (target < 0 || target > TIME_MAX_US) throw invalid('now', 'the clock runs from 1970 to 9999')
  return target
}
