/**
 * The page of the sandbox's clock. Automated tests can rely on the ids clock-now, form-presets, form-advance, form-set;
 * data-testid clock-state, due.
 */
import { html } from 'ghtml'
import type { Reply } from '../../contract/operations.js'
import { invalid } from '../../errors.js'
import { parseDuration } from '../../rules/duration.js'
import { plural } from '../../rules/text.js'
import type { Fragment } from '../layout.js'
import { controlsHead, durationText } from './controls-parts.js'
import { button, checkField, form, submit, textField } from './fields.js'
import type { Form } from './form.js'
import { pageOf } from './links.js'
import type { Done, Shown, PageContext } from './page.js'
import { card, facts, statusTag, timeTag } from './parts.js'
import type { Pages } from './section.js'

type Clock = Reply<'GET /_emulator/clock'>

export const clockPages: Pages = {
  '/': {
    show: clockPage,
    actions: {
      freeze: page => setFrozen(page, true),
      release: page => setFrozen(page, false),
      advance,
      next: toNext,
      set
    },
    notes: {
      frozen: 'The clock is frozen. It can still be moved.',
      released: 'The clock is running again.',
      nothing: 'No job is scheduled, so the clock was not moved.',
      moved: (ms = 0, before = 0, after = 0) => `The clock was moved forward by ${durationText(ms)}. ${jobsText(before, after)}`,
      set: (before = 0, after = 0) => `The clock was set. ${jobsText(before, after)}`
    }
  }
}

/** A sentence about the jobs that a move of the clock ran and left. */
function jobsText (before: number, after: number): string {
  if (before === 0 && after === 0) return 'No jobs were scheduled.'
  const left = after === 0 ? 'no jobs are left' : `${after.toLocaleString('en-US')} still scheduled`
  return after < before ? `${plural(before - after, 'job')} ran; ${left}.` : `No jobs were due; ${left}.`
}

async function setFrozen (page: PageContext, isFrozen: boolean): Promise<Done> {
  await page.operate('POST /_emulator/clock', { body: { frozen: isFrozen } })
  return { done: isFrozen ? 'frozen' : 'released' }
}

/** A value of `by` besides durations: past the expiry of payment links. */
const LINKS = 'links'

async function advance (page: PageContext, given: Form): Promise<Done> {
  const by = given.text('by')
  const ms = by === LINKS ? pastLinks(page) : parseDuration(by)
  if (ms === null) throw invalid('advance_ms', `${JSON.stringify(by)} is not a duration: write 500ms, 30s, 15m, 25h or 7d`)
  const before = await page.operate('GET /_emulator/clock')
  const after = await page.operate('POST /_emulator/clock', { body: { advance_ms: ms } })
  return { done: `moved:${ms}:${before.due}:${after.due}` }
}

/** A duration after which every existing link has expired. */
function pastLinks ({ context: { sandbox } }: PageContext): number {
  return sandbox.settings.linkLifetimeUs / 1000 + 60_000
}

async function toNext (page: PageContext): Promise<Done> {
  const { next_due_at: next, now, due } = await page.operate('GET /_emulator/clock')
  if (next === null) return { done: 'nothing' }
  const after = await page.operate('POST /_emulator/clock', { body: { now: next } })
  return { done: `moved:${Math.max(0, Date.parse(next) - Date.parse(now))}:${due}:${after.due}` }
}

async function set (page: PageContext, given: Form): Promise<Done> {
  const { due } = await page.operate('GET /_emulator/clock')
  const body = { now: inUtc(given.text('now')), ...(given.has('frozen') ? { frozen: true } : {}) }
  const after = await page.operate('POST /_emulator/clock', { body })
  return { done: `set:${due}:${after.due}` }
}

/** Adds the zone and the seconds that a browser's time field may omit. Other texts are passed on for the API to refuse. */
function inUtc (text: string): string {
  const [, minutes = '', seconds = ':00'] = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(:\d\d(?:\.\d+)?)?$/.exec(text) ?? []
  return minutes === '' ? text : `${minutes.replace(' ', 'T')}${seconds}Z`
}

async function clockPage (page: PageContext): Promise<Shown> {
  const clock = await page.operate('GET /_emulator/clock')
  return {
    title: 'Clock',
    content: html`!${controlsHead(page, 'clock')}
!${card(clockNow(clock, page), {
      id: 'clock-now',
      title: 'Current time',
      live: true,
      actions: clock.frozen
        ? button(page.formState('release'), 'Unfreeze', 'second')
        : button(page.formState('freeze'), 'Freeze', 'second')
    })}
<div class="columns halves"><div>!${card(forward(page, clock), { id: 'clock-forward', title: 'Move forward' })}</div>
<div>!${card(setting(page, clock), { id: 'clock-setting', title: 'Set the time' })}</div></div>`
  }
}

function clockNow (clock: Clock, page: PageContext): Fragment {
  const { now, frozen, due, next_due_at: next } = clock
  return html`<p class="big-clock"><time datetime="${now}" data-clock="${frozen ? 'frozen' : 'running'}">
!${html`${now.slice(0, 10)} ${now.slice(11, 19)}`}</time> <span class="quiet">UTC</span>
<span data-testid="clock-state">!${statusTag(frozen ? 'frozen' : 'running', frozen ? 'wait' : 'good')}</span></p>
!${facts([
    ['Compared with your computer', html`${offsetOf(clock)}`],
    ['Scheduled', due === 0
      ? html`<span data-testid="due">no jobs</span>`
      : html`<span data-testid="due">${plural(due, 'job')}</span>, the first !${timeTag(next, page)}`]
  ])}
<p class="quiet">Jobs are, for example, payments that are processing, refunds that settle, and renewals of subscriptions.
Links and discounts expire by this clock, and <a href="${pageOf(page, 'webhooks', 'deliveries')}">webhooks</a> are retried by
it.</p>`
}

function offsetOf ({ frozen, offset_ms: offset }: Clock): string {
  if (frozen) return 'frozen'
  const seconds = Math.round(Math.abs(offset) / 1000)
  if (seconds === 0) return 'the same time'
  return `${durationText(seconds * 1000)} ${offset > 0 ? 'ahead' : 'behind'}`
}

const PRESETS = [['1m', '1 minute'], ['1h', '1 hour'], ['1d', '1 day'], ['7d', '1 week'], ['30d', '30 days']] as const

function forward (page: PageContext, { due }: Clock): Fragment {
  const formState = page.formState('advance')
  const { sandbox } = page.context
  const lifetime = durationText(sandbox.settings.linkLifetimeUs / 1000)
  const presets = [...PRESETS, [LINKS, 'Until payment links expire']] as const
  return html`<p class="quiet">Jobs that fall due in between run in order, each at its own time, and their webhooks are sent.</p>
!${form({ ...formState, refused: null }, html`<div class="row">!${presets.map(([by, label]) =>
    html`<button class="button second" name="by" value="${by}">${label}</button>`)}</div>
<p class="hint">Payment links expire ${lifetime} after they are created.</p>`, 'form-presets')}
!${form(formState, html`<div class="pair">!${textField(formState, {
    name: 'by', at: 'advance_ms', label: 'Duration', placeholder: '25h', hint: '500ms, 30s, 15m, 25h, 7d', isRequired: true
  })}<div class="row">!${submit('Move forward')}</div></div>`)}
!${due === 0 ? '' : html`<p>!${button(page.formState('next'), 'To the next job', 'second')}</p>`}`
}

function setting (page: PageContext, { now }: Clock): Fragment {
  const formState = page.formState('set')
  return form(formState, html`!${textField(formState, {
    name: 'now', label: 'Time, in UTC', type: 'datetime-local', value: now.slice(0, 19), isRequired: true
  })}
!${checkField(formState, {
    name: 'frozen', label: 'Freeze clock', hint: 'Otherwise the clock keeps its state: running or frozen.'
  })}
<p class="quiet">The clock can also be moved back. Existing objects stay, and then have times in the future.</p>
<div class="row">!${submit('Set clock')}</div>`)
}
