/** The rules of credit entitlements. Writes nothing. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalidBody, notFound } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CreditEntitlement } from './store.js'
import { DEFAULT_BEHAVIOR, PLAIN_TERMS, TERMS, checkCombination, checkRanges, givenTerms } from './terms.js'

type CreateRequest = Schemas['CreateCreditEntitlementRequest']
type PatchRequest = Schemas['PatchCreditEntitlementRequest']

const NAME_MAX = 255
const UNIT_MAX = 50
const DESCRIPTION_MAX = 1000
const PRECISION_MAX = 10

/** Finds a credit entitlement, deleted or not. Throws NOT_FOUND. */
export function findAnyCreditEntitlement (
  entitlementId: string, { sandbox }: Context, path = 'credit_entitlement_id'
): CreditEntitlement {
  const entitlement = sandbox.creditEntitlements.find(entitlementId)
  if (entitlement === undefined) throw notFound('credit entitlement', entitlementId, path)
  return entitlement
}

/** Throws NOT_FOUND, also for a deleted credit entitlement. */
export function findCreditEntitlement (entitlementId: string, context: Context): CreditEntitlement {
  const entitlement = findAnyCreditEntitlement(entitlementId, context, 'id')
  if (entitlement.deleted_at !== null) {
    throw new ApiError('NOT_FOUND', { path: 'id', because: `credit entitlement ${entitlementId} is deleted` })
  }
  return entitlement
}

/** Finds the credit entitlement to delete. Throws NOT_FOUND, or CREDIT_ENTITLEMENT_IS_DELETED if it is deleted already. */
export function findDeletable (entitlementId: string, context: Context): CreditEntitlement {
  const entitlement = findAnyCreditEntitlement(entitlementId, context, 'id')
  if (entitlement.deleted_at === null) return entitlement
  throw new ApiError('CREDIT_ENTITLEMENT_IS_DELETED', { path: 'id', because: `${entitlementId} is already deleted`, status: 410 })
}

export function decideCreditEntitlement (body: CreateRequest, context: Context): CreditEntitlement {
  const { sandbox, now } = context
  const { precision, overage_enabled: overage, rollover_enabled: rollover } = body
  if (precision < 0 || precision > PRECISION_MAX) throw invalidBody('precision', `must be from 0 to ${PRECISION_MAX}`)
  checkTexts(body)
  checkRanges(body, precision)
  const terms = { ...PLAIN_TERMS, rollover_enabled: rollover, overage_enabled: overage, ...givenTerms(body) }
  checkCombination(terms)
  checkName(body.name, context)
  return {
    credit_entitlement_id: sandbox.ids.chosen('cde') ?? sandbox.ids.next('cde', now),
    name: body.name,
    unit: body.unit,
    precision,
    description: body.description ?? null,
    terms,
    created_at: now,
    updated_at: now,
    deleted_at: null
  }
}

/** Returns the changed credit entitlement. Null clears a field that can be empty, and otherwise means no change. */
export function changedCreditEntitlement (
  entitlement: CreditEntitlement, body: PatchRequest, context: Context
): CreditEntitlement {
  checkTexts(body)
  checkRanges(body, entitlement.precision)
  const cleared = Object.fromEntries(TERMS
    .filter(name => body[name] === null && name !== 'rollover_enabled' && name !== 'overage_enabled')
    .map(name => [name, name === 'overage_behavior' ? DEFAULT_BEHAVIOR : null]))
  const terms = { ...entitlement.terms, ...cleared, ...givenTerms(body) }
  checkCombination(terms)
  if (body.name != null && body.name !== entitlement.name) checkName(body.name, context)
  return {
    ...entitlement,
    name: body.name ?? entitlement.name,
    unit: body.unit ?? entitlement.unit,
    description: body.description === undefined ? entitlement.description : body.description,
    terms,
    updated_at: context.now
  }
}

/** Returns the restored credit entitlement. Throws if another one has its name now. */
export function undeleted (entitlement: CreditEntitlement, context: Context): CreditEntitlement {
  checkName(entitlement.name, context)
  return { ...entitlement, deleted_at: null, updated_at: context.now }
}

function checkTexts ({ name, unit, description }: PatchRequest): void {
  checkText('name', name, 1, NAME_MAX)
  checkText('unit', unit, 1, UNIT_MAX)
  checkText('description', description, 0, DESCRIPTION_MAX)
}

function checkText (path: string, text: string | null | undefined, min: number, max: number): void {
  if (text == null) return
  if (min > 0 && text.trim() === '') throw invalidBody(path, 'must not be empty')
  if (text.length > max && [...text].length > max) throw invalidBody(path, `must be at most ${max} characters long`)
}

function checkName (name: string, { sandbox }: Context): void {
  const namesake = sandbox.creditEntitlements.findByName(name)
  if (namesake === undefined) return
  throw new ApiError('CREDIT_ENTITLEMENT_NAME_ALREADY_EXISTS', {
    path: 'name', because: `${namesake.credit_entitlement_id} is called ${name}`
  })
}
