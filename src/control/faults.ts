/** Control API for faults of API calls: adds, lists and removes rules. */
import { contract } from '../contract/load.js'
import { ApiError, invalid } from '../errors.js'
import { effectOf, type AddFault, type FaultKind } from '../faults/effect.js'
import { PRESETS } from '../faults/presets.js'
import type { FaultRule } from '../faults/rules.js'
import { outsideBatch, type ControlHandlers } from '../contract/handlers.js'
import type { Context } from '../sandbox/sandbox.js'
import type { components } from '../contract/control-types.gen.js'

type ControlSchemas = components['schemas']

export const faultControls = {
  'GET /_emulator/faults': ({ context }) => listed(context.sandbox.faults.list()),

  'POST /_emulator/faults': outsideBatch(({ body, context }) => {
    const rules = rulesOf(body, context)
    context.sandbox.faults.add(rules)
    return listed(rules)
  }),

  'DELETE /_emulator/faults': outsideBatch(({ context: { sandbox: { faults } } }) => {
    faults.clear()
    return listed(faults.list())
  }),

  'DELETE /_emulator/faults/{fault_id}': outsideBatch(({ path: { fault_id: id }, context: { sandbox: { faults } } }) => {
    if (!faults.remove(id)) {
      throw new ApiError('NOT_FOUND', { path: 'fault_id', because: `fault ${id} does not exist, or is used up` })
    }
    return listed(faults.list())
  })
} satisfies ControlHandlers

function rulesOf (given: AddFault, context: Context): FaultRule[] {
  const { preset, kind, operation = '*' } = given
  checkOperation(operation)
  if (preset === undefined) {
    if (kind === undefined) throw invalid('kind', 'give a kind, such as error, or a preset, such as flaky')
    return [ruleOf(kind, given, null, context)]
  }
  const { preset: _, operation: __, count, ...others } = given
  const [other] = Object.keys(others)
  if (other !== undefined) throw invalid(other, `a preset accepts operation and count, not ${other}`)
  return PRESETS[preset].map(rule =>
    ruleOf(rule.kind, { ...rule, operation, ...(count === undefined ? {} : { count }) }, preset, context))
}

function ruleOf (
  kind: FaultKind, given: AddFault, preset: FaultRule['preset'], { sandbox, now }: Context
): FaultRule {
  const { operation = '*', count = null, probability = 1 } = given
  const effect = effectOf(kind, given)
  return { fault_id: sandbox.ids.next('flt', now), effect, preset, operation, probability, remaining: count, met: 0 }
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Throws INVALID_REQUEST_PARAMETERS if no call can match the operation. */
function checkOperation (operation: string): void {
  if (operation === '*' || METHODS.some(method => operation === `${method} *`)) return
  if (contract().operations.some(({ name }) => name === operation)) return
  const message = `operation ${operation} does not exist: use a name of the contract such as POST /payments or ` +
    'GET /payments/{payment_id}, or a pattern such as POST * or *'
  throw invalid('operation', message)
}

function listed (rules: readonly FaultRule[]): ControlSchemas['FaultList'] {
  return { items: rules.map(view) }
}

function view ({ fault_id: id, effect, preset, operation, probability, remaining, met }: FaultRule): ControlSchemas['Fault'] {
  const { kind, when, delay_ms: delayMs, answer, trickle } = effect
  return {
    fault_id: id,
    kind,
    preset,
    operation,
    remaining,
    met,
    probability,
    when,
    delay_ms: delayMs,
    status: answer?.status ?? null,
    code: answer?.code ?? null,
    message: answer?.message ?? null,
    headers: answer?.headers ?? null,
    bytes: trickle?.bytes ?? null,
    interval_ms: trickle?.interval_ms ?? null
  }
}
