/** The commands `clock`, which shows and moves the clock, and `due`, which lists scheduled jobs. */
import type { Command } from 'commander'
import type { components } from '../contract/control-types.gen.js'
import { SetupError } from '../errors.js'
import { argument, durationUpTo, identifier, limitOption, option, timeText } from './arguments.js'
import { ask, askJson, type Latest } from './ask.js'
import { print } from './outcomes.js'
import { askPatiently } from './patience.js'
import type { Show } from './output.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

type Schemas = components['schemas']
type DueJob = Schemas['DueJob']

export function addTime (_program: Command, tools: Tools): void {
  addClock(tools)
  addDue(tools)
}

function addClock ({ client, group, byDefault, targetOf }: Tools): void {
  const clock = group('clock', "read or move the sandbox's clock")

  byDefault(client(clock, 'show', 'print the time')
    .action((flags: TargetFlags) => print(targetOf(flags), 'clock')))

  client(clock, 'advance', 'move the clock forward and run the jobs that become due')
    .addArgument(argument('<duration>', '500ms, 30s, 15m, 25h, 7d', durationUpTo('36500d')))
    .action((advanceMs: number, flags: TargetFlags) => moveClock(targetOf(flags), { advance_ms: advanceMs }))

  client(clock, 'set', 'set the clock to a time')
    .addArgument(argument('<time>', '2026-01-31T12:00:00Z', timeText))
    .action((now: string, flags: TargetFlags) => moveClock(targetOf(flags), { now }))

  client(clock, 'until', 'move the clock to the next event of a subscription')
    .addArgument(argument('<subscription_id>', 'the subscription', identifier))
    .addArgument(argument('<event>', 'renewed, expired, payment.failed', identifier))
    .addOption(option('--within <duration>', 'the longest move (default: two billing periods after the current one)',
      durationUpTo('36500d')))
    .action((id: string, event: string, { within, ...flags }: UntilFlags) => moveClock(targetOf(flags), {
      until: { subscription_id: id, event }, ...(within === undefined ? {} : { advance_ms: within })
    }))

  for (const [name, frozen] of [['freeze', true], ['release', false]] as const) {
    client(clock, name, frozen ? 'freeze the clock' : 'release the clock')
      .action((flags: TargetFlags) => moveClock(targetOf(flags), { frozen }))
  }
}

interface UntilFlags extends TargetFlags {
  within?: number
}

/** Moves the clock, and prints its time and the jobs that ran. */
async function moveClock (target: Target, body: Schemas['ClockChange']): Promise<void> {
  const names = {
    advance_ms: body.until === undefined ? '<duration>' : '--within',
    now: '<time>',
    'until.subscription_id': '<subscription_id>',
    'until.event': '<event>'
  }
  console.log(JSON.stringify(JSON.parse(await askPatiently(target, '/_emulator/clock', { body, names })), null, 2))
}

interface DueFlags extends TargetFlags, Latest {
  kind?: string
  subject?: string
}

function addDue ({ client, group, byDefault, targetOf, show }: Tools): void {
  const due = group('due', 'jobs that are scheduled or have failed')
  const named = (name: string, about: string) => client(due, name, about)
    .addArgument(argument('<kind>', 'such as refund.settle', identifier))
    .addArgument(argument('<subject_id>', 'the payment or refund', identifier))

  byDefault(client(due, 'list', 'list jobs')
    .addOption(option('--kind <kind>', 'only of this kind, such as refund.settle', identifier))
    .addOption(option('--subject <id>', 'only of this payment or refund', identifier))
    .addOption(limitOption())
    .action(listDue(targetOf, show)))

  named('retry', 'run a failed job again')
    .action((kind: string, subject: string, flags: TargetFlags) => retryDue(targetOf(flags), [kind, subject], show))

  named('drop', 'remove a failed job').action(async (kind: string, subject: string, flags: TargetFlags) => {
    await ask(targetOf(flags), pathOf(kind, subject), { method: 'DELETE' })
  })
}

/** Prints failed jobs, then scheduled ones. */
function listDue (targetOf: Tools['targetOf'], show: Show) {
  return async ({ kind, subject, limit, ...flags }: DueFlags) => {
    const query = new URLSearchParams({
      page_size: String(limit), ...(kind === undefined ? {} : { kind }), ...(subject === undefined ? {} : { subject_id: subject })
    })
    const names = { page_size: '--limit', kind: '--kind', subject_id: '--subject' }
    const list = await askJson<Schemas['DueList']>(targetOf(flags), `/_emulator/due?${query}`, { names })
    show(list, ({ failed, items }) => [...failed, ...items].map(dueLine))
  }
}

/** `2026-01-31 12:00:01  refund.settle  ref_…  failed: …` */
function dueLine ({ kind, subject_id: subject, due_at: at, error }: DueJob): string {
  return [at.slice(0, 19).replace('T', ' '), kind, subject, ...(error === null ? [] : [`failed: ${error}`])].join('  ')
}

const pathOf = (kind: string, subject: string) => `/_emulator/due/${encodeURIComponent(kind)}/${encodeURIComponent(subject)}`

/** Runs a failed job again. Throws a SetupError if it fails. */
async function retryDue (target: Target, [kind, subject]: [kind: string, subject: string], show: Show): Promise<void> {
  const text = await askPatiently(target, `${pathOf(kind, subject)}/retry`, { method: 'POST' })
  const retried: Schemas['RetriedJob'] = JSON.parse(text)
  if (!retried.performed) throw new SetupError(`${kind} of ${subject} failed again: ${retried.error}`)
  show(retried, () => `${kind} of ${subject} was performed`)
}
