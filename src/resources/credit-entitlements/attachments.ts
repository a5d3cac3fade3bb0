/**
 * The credits of a product: the rules for attaching them, and their terms as they are sold. A product replaces some terms of the
 * credit entitlement; a subscription keeps all of them as they were when it was sold.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, invalidBody } from '../../errors.js'
import { formatCredits, parseCredits } from '../../rules/credit-amounts.js'
import { firstRepeated } from '../../rules/lists.js'
import type { Context, Sandbox } from '../../sandbox/sandbox.js'
import type { CreditEntitlement, CreditSettings, ProductCredit, SoldCredit } from './store.js'
import { checkCombination, checkRanges, givenTerms } from './terms.js'

type AttachRequest = Schemas['AttachCreditEntitlementRequest']
type Given = readonly AttachRequest[] | null | undefined

const PER_PRODUCT_MAX = 5
const PERCENT_MAX = 100

type Entitlements = Pick<Sandbox, 'creditEntitlements'>

/** Checks the credits that a request attaches to a product. */
export function checkCredits (given: Given, context: Context): void {
  if (given == null) return
  if (given.length > PER_PRODUCT_MAX) {
    throw invalid('credit_entitlements',
      `credit_entitlements must have at most ${PER_PRODUCT_MAX} entries, not ${given.length}`)
  }
  checkRepeated(given, 'credit_entitlements')
  for (const [index, credit] of given.entries()) checkCredit(credit, `credit_entitlements[${index}].`, context)
}

/** Throws if a list names a credit entitlement twice. `at` is the path of the list. */
export function checkRepeated (list: ReadonlyArray<{ credit_entitlement_id: string }>, at: string): void {
  const ids = list.map(({ credit_entitlement_id: id }) => id)
  const twice = firstRepeated(ids)
  if (twice >= 0) throw invalid(`${at}[${twice}].credit_entitlement_id`, `${ids[twice]} appears twice in ${at}`)
}

function checkCredit (given: AttachRequest, at: string, { sandbox }: Context): void {
  const { credit_entitlement_id: id, trial_credits: trial, low_balance_threshold_percent: percent } = given
  const { precision, terms } = liveEntitlement(id, `${at}credit_entitlement_id`, sandbox)
  checkAmount(given.credits_amount, precision, `${at}credits_amount`)
  if (trial != null && parseCredits(trial, precision) === null) {
    throw invalid(`${at}trial_credits`, `${at}trial_credits must be a decimal of 0 or more, with at most ${precision} decimals`)
  }
  if (percent != null) checkPercent(percent, `${at}low_balance_threshold_percent`)
  checkRanges(given, precision, at)
  checkCombination({ ...terms, ...givenTerms(given) }, at)
}

/** Finds a credit entitlement that a request refers to. Throws if it does not exist or is deleted. */
export function liveEntitlement (entitlementId: string, path: string, { creditEntitlements }: Entitlements): CreditEntitlement {
  const entitlement = creditEntitlements.find(entitlementId)
  if (entitlement === undefined) throw doesNotExist('Credit entitlement', entitlementId, path)
  if (entitlement.deleted_at === null) return entitlement
  throw new ApiError('CREDIT_ENTITLEMENT_IS_DELETED', { path, because: `${entitlementId} is deleted: undelete it first` })
}

/** Throws INVALID_REQUEST_PARAMETERS for an amount per period that is 0 or finer than the credit entitlement allows. */
export function checkAmount (text: string, precision: number, path: string): void {
  const amount = parseCredits(text, precision)
  if (amount !== null && amount > 0n) return
  throw invalid(path, `${path} must be a decimal above 0, with at most ${precision} decimals`)
}

export function checkPercent (percent: number, path: string): void {
  if (percent < 0 || percent > PERCENT_MAX) throw invalidBody(path, `must be from 0 to ${PERCENT_MAX}`)
}

/** Writes the credits of a product. Absent or null keeps them. */
export function attachCredits (productId: string, given: Given, { sandbox }: Context): void {
  if (given == null) return
  const before = sandbox.creditEntitlements.ofProduct(productId)
  if (given.length === 0 && before.length === 0) return
  sandbox.creditEntitlements.attach(productId, given.map(credit => {
    const { credit_entitlement_id: id } = credit
    const known = before.find(({ credit_entitlement_id: other }) => other === id)
    const mappingId = known?.mapping_id ?? sandbox.ids.uuid()
    return { mapping_id: mappingId, credit_entitlement_id: id, settings: settingsOf(credit, sandbox) }
  }))
}

function settingsOf (given: AttachRequest, { creditEntitlements }: Sandbox): CreditSettings {
  const precision = creditEntitlements.find(given.credit_entitlement_id)?.precision ?? 0
  return {
    credits_amount: plain(given.credits_amount, precision),
    low_balance_threshold_percent: given.low_balance_threshold_percent ?? null,
    proration_behavior: given.proration_behavior ?? 'no_prorate',
    trial_credits: given.trial_credits == null ? null : plain(given.trial_credits, precision),
    trial_credits_expire_after_trial: given.trial_credits_expire_after_trial ?? false,
    terms: givenTerms(given)
  }
}

/** A checked amount in the form of the API: without trailing zeros. */
export function plain (text: string, precision: number): string {
  return formatCredits(parseCredits(text, precision) ?? 0n, precision)
}

/** The credits of a product with all their terms. */
export function soldCredits (productId: string, { creditEntitlements }: Entitlements): SoldCredit[] {
  return creditEntitlements.ofProduct(productId).flatMap(credit => {
    const entitlement = creditEntitlements.find(credit.credit_entitlement_id)
    return entitlement === undefined ? [] : [soldCredit(credit, entitlement)]
  })
}

function soldCredit ({ credit_entitlement_id: id, settings }: ProductCredit, { terms }: CreditEntitlement): SoldCredit {
  return { credit_entitlement_id: id, ...settings, terms: { ...terms, ...settings.terms } }
}

/**
 * Replaces the amounts of credits by those of a line of a cart. Throws for credits that the product does not grant. `at` is the
 * path of the list.
 */
export function overridden (
  credits: readonly SoldCredit[], given: ReadonlyArray<Schemas['CreditEntitlementOverride']> | null | undefined,
  productId: string, at: string, { creditEntitlements }: Entitlements
): SoldCredit[] {
  const list = given ?? []
  checkRepeated(list, at)
  const amounts = new Map(list.map(({ credit_entitlement_id: id, credits_amount: text }, index) => {
    const precision = creditEntitlements.find(id)?.precision ?? 0
    if (!credits.some(({ credit_entitlement_id: other }) => other === id)) {
      throw invalid(`${at}[${index}].credit_entitlement_id`, `Product ${productId} does not grant credits of ${id}`)
    }
    checkAmount(text, precision, `${at}[${index}].credits_amount`)
    return [id, plain(text, precision)] as const
  }))
  return credits.map(credit => {
    const amount = amounts.get(credit.credit_entitlement_id)
    return amount === undefined ? credit : { ...credit, credits_amount: amount }
  })
}
