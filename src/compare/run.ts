/** Runs a scenario on both sides, call by call, and collects the differences. Cleans up on both sides in any case. */
import { compareEvents, compareReplies, createIdMap, type Difference, type ReceivedEvent } from './differences.js'
import type { Scenario, Step } from './scenario.js'
import { createSide, type Send, type Side } from './side.js'

export interface StepResult {
  /** `POST /payments`, with the path of the scenario. */
  operation: string
  id: string | null
  /** The statuses of both sides; null if the step was skipped. */
  status: { real: number, sandbox: number } | null
  /** The reason why the step was skipped; null if it was not. */
  skipped: string | null
  differences: Difference[]
}

export interface ScenarioResult {
  scenario: string
  steps: StepResult[]
  /** The differences of the events; null if events were not compared. */
  events: Difference[] | null
  /** Objects that could not be removed. */
  left_behind: string[]
}

/** Receives the events of both sides while a scenario runs. */
export interface EventSource {
  /** The events of a side since the last call, once all have arrived. */
  take (): Promise<{ real: ReceivedEvent[], sandbox: ReceivedEvent[] }>
}

export interface Sides {
  real: Send
  sandbox: Send
  events: EventSource | null
  /** Called before each call. */
  step (text: string): void
  /** Ends the scenario before its next call. It is cleaned up all the same. */
  signal: AbortSignal
}

export async function runScenario ({ name, steps, cleanup }: Scenario, unique: string, sides: Sides): Promise<ScenarioResult> {
  const real = createSide(sides.real, unique, sides.signal)
  const sandbox = createSide(sides.sandbox, unique, sides.signal)
  const ids = createIdMap()
  const results: StepResult[] = []
  let events: Difference[] | null = null
  try {
    for (const [index, step] of steps.entries()) {
      if (sides.signal.aborted) break
      sides.step(`${name}: ${index + 1} of ${steps.length}, ${operationOf(step)}`)
      results.push(await compareStep(step, real, sandbox, ids))
    }
    if (sides.events !== null && !sides.signal.aborted) {
      sides.step(`${name}: events`)
      const received = await sides.events.take()
      events = compareEvents(own(received.real, real), own(received.sandbox, sandbox), ids)
    }
  } finally {
    await cleanUp(sandbox, cleanup)
  }
  return { scenario: name, steps: results, events, left_behind: await cleanUp(real, cleanup) }
}

const operationOf = ({ method, path }: Step): string => `${method} ${path}`

async function compareStep (step: Step, real: Side, sandbox: Side, ids: ReturnType<typeof createIdMap>): Promise<StepResult> {
  const one = await real.take(step)
  const other = await sandbox.take(step)
  const about = { operation: operationOf(step), id: step.id }
  if ('skipped' in one || 'skipped' in other) {
    const reasons = [['real', one], ['sandbox', other]] as const
    const skipped = reasons.flatMap(([name, reply]) => 'skipped' in reply ? [`${name}: ${reply.skipped}`] : []).join('; ')
    return { ...about, status: null, skipped, differences: [] }
  }
  return {
    ...about,
    status: { real: one.status, sandbox: other.status },
    skipped: null,
    differences: compareReplies(one, other, ids, step.ignore)
  }
}

/** The events about the objects of a side. An account has others. */
function own (events: readonly ReceivedEvent[], { texts }: Side): ReceivedEvent[] {
  return events.filter(({ data }) => Object.entries(data as Record<string, unknown>)
    .some(([key, value]) => key.endsWith('_id') && key !== 'business_id' && typeof value === 'string' && texts.has(value)))
}

/** Returns the calls that failed. */
async function cleanUp (side: Side, cleanup: readonly Step[]): Promise<string[]> {
  const failed: string[] = []
  for (const step of cleanup) {
    try {
      const reply = await side.take(step)
      if ('status' in reply && reply.status >= 400) failed.push(`${operationOf(step)} answered ${reply.status}`)
    } catch (error) {
      failed.push(`${operationOf(step)}: ${(error as Error).message}`)
    }
  }
  return failed
}
