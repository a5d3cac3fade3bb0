/** Named presets of common faults. docs/how-to/break-things.md explains their uses. */
import type { components } from '../contract/control-types.gen.js'
import type { AddFault } from './effect.js'

type Preset = components['schemas']['FaultPreset']

/** Each preset consists of one or more rules, which are tried in order. */
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
