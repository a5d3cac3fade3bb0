/** Control API for the sandbox's clock, scheduled jobs, and long operations. */
import { invalid, notFound, type ApiError } from '../errors.js'
import { outsideBatch, type ControlHandlers } from '../contract/handlers.js'
import { paging } from '../contract/paging.js'
import { STEPS_MAX } from '../sandbox/jobs.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../rules/calendar.js'
import type { Context, Sandbox } from '../sandbox/sandbox.js'
import type { Moved } from '../sandbox/scheduler.js'
import type { DueJob } from '../store/due.js'
import type { components } from '../contract/control-types.gen.js'
import { watchFor } from './until.js'

type ControlSchemas = components['schemas']

export const clockControls = {
  'GET /_emulator/clock': ({ context }) => clockView(context.sandbox),

  'POST /_emulator/clock': outsideBatch(async ({ body, context }) => {
    const { sandbox, baseUrl } = context
    const target = targetOf(body)
    const watch = body.until === undefined ? null : watchFor(body.until, sandbox)
    const moved = await sandbox.scheduler.move({
      target (now) {
        const latest = watch?.begin(now)
        return latest === undefined || hasTarget(body) ? target(now) : latest
      },
      ...(watch === null ? {} : { isOver: watch.isOver }),
      frozen: body.frozen,
      baseUrl
    })
    if (moved.endedBy !== null) throw endedEarly(moved.endedBy, body, sandbox)
    return { ...clockView(sandbox), done: { ...movedView(moved), ...(watch === null ? {} : { events: watch.events() }) } }
  }),

  'GET /_emulator/due': ({ query, context }) => {
    const { due } = context.sandbox
    const { limit, offset, filter } = paging(query)
    return {
      items: due.list('waiting', filter, limit, offset).map(dueView),
      failed: due.list('failed', filter, FAILED_SHOWN_MAX, 0).map(dueView),
      waiting_count: due.count(),
      failed_count: due.countFailed()
    }
  },

  'POST /_emulator/due/{kind}/{subject_id}/retry': outsideBatch(async ({ path, context }) => {
    const { due, scheduler } = context.sandbox
    const { kind, subject_id: subjectId } = findFailed(path, context)
    await scheduler.retry(kind, subjectId)
    const after = due.find(kind, subjectId)
    const hasFailed = after?.failed_at != null
    return { performed: !hasFailed, error: hasFailed ? after.error : null }
  }),

  'DELETE /_emulator/due/{kind}/{subject_id}': ({ path, context }) => {
    const failed = findFailed(path, context)
    context.sandbox.due.done(failed)
    return dueView(failed)
  },

  'GET /_emulator/work': ({ context }) => ({
    items: context.sandbox.work.list().map(({ isUnderWay, ...info }) => ({ ...info, is_under_way: isUnderWay }))
  })
} satisfies ControlHandlers

const FAILED_SHOWN_MAX = 100

function clockView ({ clock, due }: Sandbox): ControlSchemas['Clock'] {
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

function movedView ({ performed, failed, kinds }: Moved): ControlSchemas['ClockMoved']['done'] {
  return { jobs: performed, failed, kinds: Object.fromEntries(kinds) }
}

const TIME_MAX_US = 253_402_300_799_000_000 // the end of the year 9999, because RFC 3339 has four-digit years

function hasTarget ({ advance_ms: advanceMs, now }: ControlSchemas['ClockChange']): boolean {
  return advanceMs !== undefined || now !== undefined
}

/** Returns a function that computes the target from the time before the move. Throws INVALID_REQUEST_PARAMETERS. */
function targetOf ({ advance_ms: advanceMs, now }: ControlSchemas['ClockChange']): (now: number) => number {
  const check = (path: string, us: number) => {
    if (us < 0 || us > TIME_MAX_US) throw invalid(path, 'the clock runs from 1970 to 9999')
    return us
  }
  if (advanceMs !== undefined && now !== undefined) throw invalid('now', 'now and advance_ms exclude each other')
  if (advanceMs !== undefined) return before => check('advance_ms', before + advanceMs * 1000)
  if (now === undefined) return before => before
  const target = parseTime(now)
  if (target === null) throw invalid('now', `now ${MUST_BE_A_TIME}`)
  check('now', target)
  return () => target
}

function endedEarly (subjectId: string, { now }: ControlSchemas['ClockChange'], { clock }: Sandbox): ApiError {
  return invalid(now === undefined ? 'advance_ms' : 'now',
    `${subjectId} has more than ${STEPS_MAX} jobs, the maximum in one move. The clock stopped at ` +
    `${formatTime(clock.now())}, and all jobs until then have run: move it again to continue, or move it less far`)
}

function dueView (
  { kind, subject_id: subjectId, due_at: dueAt, failed_at: failedAt, error }: DueJob
): ControlSchemas['DueJob'] {
  return {
    kind,
    subject_id: subjectId,
    due_at: formatTime(dueAt),
    failed_at: failedAt === null ? null : formatTime(failedAt),
    error
  }
}

/** Throws NOT_FOUND, or INVALID_REQUEST_PARAMETERS if the job has not failed. */
function findFailed ({ kind, subject_id: subjectId }: { kind: string, subject_id: string }, { sandbox }: Context): DueJob {
  const job = sandbox.due.find(kind, subjectId)
  if (job === undefined) throw notFound(`${kind} of`, subjectId, 'subject_id')
  if (job.failed_at !== null) return job
  throw invalid('subject_id', `${kind} of ${subjectId} has not failed: it is due at ${formatTime(job.due_at)}`)
}
