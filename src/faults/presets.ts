/** Faults that have a name, because they are wanted often. docs/how-to/break-things.md says what each is good for. */
import type { components } from '../contract/control-types.gen.js'
import type { AddFault } from './effect.js'

type Preset = components['schemas']['FaultPreset']

/** Each is made of one or more rules; a call that the first lets pass may meet the next. */
export const PRESETS: Record<Preset, ReadonlyArray<AddFault & Required<Pick<AddFault, 'kind'>>>> = {
  flaky: [
    { kind: 'error', status: 500, probability: 0.1 },
    { kind: 'reset', when: 'before', probability: 0.05 },
    { kind: 'reset', when: 'after', probability: 0.05 }
  ],
  slow: [{ kind: 'delay', delay_ms: { p50: 800, p99: 5000 } }],
  down: [{ kind: 'error', status: 503 }],
  'rate-limited': [{ kind: 'rate_limited', retry_after: 1 }],
  'lost-replies': [{ kind: 'reset', when: 'after' }],
  timeouts: [{ kind: 'delay', delay_ms: 90_000 }]
}
