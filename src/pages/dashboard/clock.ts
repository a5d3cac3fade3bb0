/**
 * The page of the sandbox's clock. For tests without a person, these hold on: the ids clock-now, ask forms form-freeze,
 * form-presets, form-advance, form-set; data-testid clock-state, due.
 */
import { html } from 'ghtml'
import type { Reply } from '../../contract/operations.js'
import { invalid } from '../../errors.js'
import { parseDuration } from '../../rules/duration.js'
import type { Fragment } from '../layout.js'
import { controlsHead, lengthOf, things } from './controls-parts.js'
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
      freeze: page => hold(page, true),
      release: page => hold(page, false),
      advance,
      next: toNext,
      set
    },
    notes: {
      frozen: 'The clock stands still until it is moved or released.',
      released: 'The clock runs again, from where it stood.',
      nothing: 'Nothing waits for its time: the clock is where it was.',
      moved: (ms = 0, before = 0, after = 0) => `The clock was moved forward by ${lengthOf(ms)}. ${onTheWay(before, after)}`,
      set: (before = 0, after = 0) => `The clock was set. ${onTheWay(before, after)}`
    }
  }
}

/** What became of the things that waited. */
function onTheWay (before: number, after: number): string {
  if (before === 0 && after === 0) return 'Nothing was waiting for its time.'
  const still = after === 0 ? 'none is left' : `${after.toLocaleString('en-US')} still to come`
  return after < before
    ? `${things(before - after)} that waited happened on the way; ${still}.`
    : `Nothing was due on the way; ${still}.`
}

async function hold (page: PageContext, isFrozen: boolean): Promise<Done> {
  await page.operate('POST /_emulator/clock', { body: { frozen: isFrozen } })
  return { done: isFrozen ? 'frozen' : 'released' }
}

/** A length as the command line takes it, or that of the life of links. */
const LINKS = 'links'

async function advance (page: PageContext, given: Form): Promise<Done> {
  const by = given.text('by')
  const ms = by === LINKS ? pastLinks(page) : parseDuration(by)
  if (ms === null) throw invalid('advance_ms', `${JSON.stringify(by)} is no duration: write 500ms, 30s, 15m, 25h or 7d`)
  const before = await page.operate('GET /_emulator/clock')
  const after = await page.operate('POST /_emulator/clock', { body: { advance_ms: ms } })
  return { done: `moved:${ms}:${before.due}:${after.due}` }
}

/** Every link that there is has expired by then. */
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

/** A browser's field for a time sends no zone, and no seconds where they are 0. What is no such time is left to the API. */
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
      title: 'The time in this sandbox',
      live: true,
      actions: clock.frozen
        ? button(page.formState('release'), 'Let it run', 'second')
        : button(page.formState('freeze'), 'Freeze', 'second')
    })}
<div class="columns halves"><div>!${card(forward(page, clock), { id: 'clock-forward', title: 'Move it forward' })}</div>
<div>!${card(setting(page, clock), { id: 'clock-setting', title: 'Set it to a time' })}</div></div>`
  }
}

function clockNow (clock: Clock, page: PageContext): Fragment {
  const { now, frozen, due, next_due_at: next } = clock
  return html`<p class="big-clock"><time datetime="${now}" data-clock="${frozen ? 'frozen' : 'running'}">
!${html`${now.slice(0, 10)} ${now.slice(11, 19)}`}</time> <span class="quiet">UTC</span>
<span data-testid="clock-state">!${statusTag(frozen ? 'stands still' : 'runs', frozen ? 'wait' : 'good')}</span></p>
!${facts([
    ['Compared with your computer', html`${offsetOf(clock)}`],
    ['Waiting for its time', due === 0
      ? html`<span data-testid="due">nothing</span>`
      : html`<span data-testid="due">${things(due)}</span>, the first !${timeTag(next, page)}`]
  ])}
<p class="quiet">What waits are payments that are still processing and refunds that are to settle. Links, discounts and the
retries of <a href="${pageOf(page, 'webhooks', 'deliveries')}">webhooks</a> look at this clock too.</p>`
}

function offsetOf ({ frozen, offset_ms: offset }: Clock): string {
  if (frozen) return 'stands still, whatever the time is there'
  const seconds = Math.round(Math.abs(offset) / 1000)
  if (seconds === 0) return 'the same time'
  return `${lengthOf(seconds * 1000)} ${offset > 0 ? 'ahead' : 'behind'}`
}

const PRESETS = [['1m', '1 minute'], ['1h', '1 hour'], ['1d', '1 day'], ['7d', '1 week'], ['30d', '30 days']] as const

function forward (page: PageContext, { due }: Clock): Fragment {
  const formState = page.formState('advance')
  const { sandbox } = page.context
  const links = lengthOf(sandbox.settings.linkLifetimeUs / 1000)
  const presets = [...PRESETS, [LINKS, "Past the link's expiry"]] as const
  return html`<p class="quiet">Everything that is due on the way happens on the way, in order, and its webhooks are sent.</p>
!${form({ ...formState, refused: null }, html`<div class="row">!${presets.map(([by, label]) =>
    html`<button class="button second" name="by" value="${by}">${label}</button>`)}</div>
<p class="hint">A payment link can be paid for ${links}: past that, every link of now has expired.</p>`, 'form-presets')}
!${form(formState, html`<div class="pair">!${textField(formState, {
    name: 'by', at: 'advance_ms', label: 'By how much', placeholder: '25h', hint: '500ms, 30s, 15m, 25h, 7d', isRequired: true
  })}<div class="row">!${submit('Move forward')}</div></div>`)}
!${due === 0 ? '' : html`<p>!${button(page.formState('next'), 'To the next thing that is due', 'second')}</p>`}`
}

function setting (page: PageContext, { now }: Clock): Fragment {
  const formState = page.formState('set')
  return form(formState, html`!${textField(formState, {
    name: 'now', label: 'Time, in UTC', type: 'datetime-local', value: now.slice(0, 19), isRequired: true
  })}
!${checkField(formState, {
    name: 'frozen', label: 'Stand still there', hint: 'Else it runs on from there, or stands still if it does so now.'
  })}
<p class="quiet">It may go back too. What has happened stays, and is then in the future.</p>
<div class="row">!${submit('Set the clock')}</div>`)
}
