/** The metered prices of a usage-based product. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid } from '../../errors.js'
import { parseDecimal } from '../../rules/exact-decimal.js'
import { firstRepeated } from '../../rules/lists.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { CompletePrice } from './prices.js'

type MeterPrice = Schemas['AddMeterToPrice']

const WHOLE_DIGITS_MAX = 5
const DECIMALS_MAX = 12

/** Returns the price with complete meters. Throws an ApiError for the first rule that one of them breaks. */
export function completeMeters (price: CompletePrice, context: Context): CompletePrice {
  if (price.type !== 'usage_based_price' || price.meters == null) return price
  const ids = price.meters.map(({ meter_id: id }) => id)
  const twice = firstRepeated(ids)
  if (twice >= 0) {
    throw new ApiError('DUPLICATE_METER_IDS_IN_REQUEST', {
      path: `price.meters[${twice}].meter_id`, because: `${ids[twice]} appears twice`
    })
  }
  return { ...price, meters: price.meters.map((meter, index) => completeMeter(meter, `price.meters[${index}]`, context)) }
}

function completeMeter (given: MeterPrice, path: string, context: Context): Required<MeterPrice> {
  const meter = context.sandbox.meters.find(given.meter_id)
  if (meter === undefined) {
    throw new ApiError('MISSING_METER_IDS', { path: `${path}.meter_id`, because: `there is no meter ${given.meter_id}` })
  }
  if (meter.archived) {
    throw new ApiError('METER_IS_DELETED', {
      path: `${path}.meter_id`, because: `${given.meter_id} is archived: unarchive it first`
    })
  }
  const threshold = given.free_threshold ?? 0
  if (threshold < 0) throw invalid(`${path}.free_threshold`, `${path}.free_threshold must not be negative`)
  if (!Number.isSafeInteger(threshold)) {
    throw invalid(`${path}.free_threshold`, `${path}.free_threshold must be at most ${Number.MAX_SAFE_INTEGER}`)
  }
  return {
    meter_id: given.meter_id,
    name: given.name ?? meter.name,
    description: given.description ?? meter.description,
    measurement_unit: given.measurement_unit ?? meter.measurement_unit,
    free_threshold: threshold,
    ...pricedBy(given, path, context)
  }
}

/** A meter is charged in money, or takes credits. */
function pricedBy (
  { price_per_unit: price = null, credit_entitlement_id: creditId = null, meter_units_per_credit: units = null }: MeterPrice,
  path: string, context: Context
): Pick<Required<MeterPrice>, 'price_per_unit' | 'credit_entitlement_id' | 'meter_units_per_credit'> {
  if ((price === null) === (creditId === null)) {
    throw invalid(path, price === null
      ? `${path} needs a price_per_unit, or a credit_entitlement_id with meter_units_per_credit`
      : `${path} must have either price_per_unit or credit_entitlement_id, not both`)
  }
  if (creditId === null) {
    if (units !== null) {
      throw invalid(`${path}.meter_units_per_credit`, `${path}.meter_units_per_credit needs a credit_entitlement_id`)
    }
    checkPositive(price, `${path}.price_per_unit`)
    return { price_per_unit: price, credit_entitlement_id: null, meter_units_per_credit: null }
  }
  if (units === null) {
    throw invalid(`${path}.meter_units_per_credit`, `${path}.meter_units_per_credit must say how many units one credit pays for`)
  }
  checkPositive(units, `${path}.meter_units_per_credit`)
  checkCredit(creditId, `${path}.credit_entitlement_id`, context)
  return { price_per_unit: null, credit_entitlement_id: creditId, meter_units_per_credit: units }
}

function checkPositive (text: string | null, path: string): void {
  const decimal = parseDecimal(text ?? '')
  const [whole = '', decimals = ''] = (text ?? '').split('.')
  const isShort = whole.replace(/^0+(?=\d)/, '').length <= WHOLE_DIGITS_MAX && decimals.length <= DECIMALS_MAX
  if (decimal !== null && decimal.digits > 0n && isShort) return
  throw invalid(path, `${path} must be a decimal above 0 with at most ${WHOLE_DIGITS_MAX} digits before the point and ` +
    `${DECIMALS_MAX} after it, such as 0.0025; it is in the smallest unit of the currency`)
}

function checkCredit (creditId: string, path: string, { sandbox }: Context): void {
  const credit = sandbox.creditEntitlements.find(creditId)
  if (credit === undefined) throw doesNotExist('Credit entitlement', creditId, path)
  if (credit.deleted_at !== null) throw new ApiError('CREDIT_ENTITLEMENT_IS_DELETED', { status: 422, path, because: creditId })
}
