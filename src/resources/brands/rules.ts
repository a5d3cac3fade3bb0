/** The rules for creating, changing and archiving brands. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, notFound } from '../../errors.js'
import { DESCRIPTION_MAX, NAME_MAX, checkLength } from '../../rules/text.js'
import type { Context } from '../../sandbox/sandbox.js'
import { checkUploaded } from '../uploads/rules.js'
import type { Brand } from './store.js'

const STATEMENT_MAX = 100
const EMAIL_MAX = 320
const URL_MAX = 2000

/** The length limit of a card statement descriptor. */
const STATEMENT_DEFAULT_MAX = 22

type Texts = Pick<Schemas['PatchBrandRequest'], 'name' | 'description' | 'statement_descriptor' | 'support_email' | 'url'>

function checkTexts (texts: Texts): void {
  checkLength('name', texts.name, NAME_MAX)
  checkLength('description', texts.description, DESCRIPTION_MAX)
  checkLength('statement_descriptor', texts.statement_descriptor, STATEMENT_MAX)
  checkLength('support_email', texts.support_email, EMAIL_MAX)
  checkLength('url', texts.url, URL_MAX)
}

/** Returns a new brand. The emulator verifies brands immediately, without a review. */
export function decideBrand (body: Schemas['CreateBrandRequest'], { sandbox, now }: Context): Brand {
  checkTexts(body)
  return {
    brand_id: sandbox.ids.next('brnd', now),
    name: body.name ?? null,
    description: body.description ?? null,
    statement_descriptor: body.statement_descriptor ?? statementDescriptor(body.name ?? sandbox.business.name),
    support_email: body.support_email ?? null,
    url: body.url ?? null,
    image_id: null,
    enabled: true,
    verification_enabled: true,
    verification_status: 'Success',
    reason_for_hold: null,
    archived_at: null
  }
}

/** Returns `DODOPAY_ACME` for Acme. */
function statementDescriptor (name: string): string {
  const letters = name.toUpperCase().replace(/[^A-Z0-9]+/g, '')
  return `DODOPAY_${letters}`.replace(/_$/, '').slice(0, STATEMENT_DEFAULT_MAX)
}

/** Returns the changed brand. Fields that are absent or null stay as they are. */
export function changedBrand (brand: Brand, body: Schemas['PatchBrandRequest'], context: Context): Brand {
  checkTexts(body)
  if (body.image_id != null) checkUploaded(body.image_id, 'image', brand.brand_id, 'image_id', context)
  return {
    ...brand,
    name: body.name ?? brand.name,
    description: body.description ?? brand.description,
    statement_descriptor: body.statement_descriptor ?? brand.statement_descriptor,
    support_email: body.support_email ?? brand.support_email,
    url: body.url ?? brand.url,
    image_id: body.image_id ?? brand.image_id
  }
}

/** Throws NOT_FOUND, UNABLE_TO_EDIT_PRIMARY_BRAND for the primary brand, or BRAND_NOT_ENABLED for an archived one. */
export function findEditableBrand (brandId: string, context: Context, archivedStatus?: 409): Brand {
  const brand = findBrand(brandId, context)
  if (brandId === context.sandbox.business.business_id) throw new ApiError('UNABLE_TO_EDIT_PRIMARY_BRAND', { path: 'id' })
  if (brand.archived_at === null) return brand
  throw new ApiError('BRAND_NOT_ENABLED', {
    path: 'id',
    because: `${brandId} is archived and cannot be changed`,
    ...(archivedStatus === undefined ? {} : { status: archivedStatus })
  })
}

/** Throws NOT_FOUND. */
export function findBrand (brandId: string, { sandbox }: Context): Brand {
  const brand = sandbox.brands.find(brandId)
  if (brand === undefined) throw notFound('brand', brandId, 'id')
  return brand
}

/** Checks a brand in a request body. Throws INVALID_REQUEST_PARAMETERS if it is unknown, BRAND_NOT_ENABLED if it is archived. */
export function checkBrandInUse (brandId: string, path: string, { sandbox }: Context): void {
  const brand = sandbox.brands.find(brandId)
  if (brand === undefined) throw doesNotExist('Brand', brandId, path)
  if (brand.archived_at !== null) throw new ApiError('BRAND_NOT_ENABLED', { path, because: `${brandId} is archived` })
}

/** Returns the brand that takes over the archived brand's products, or null if it has neither products nor collections. */
export function decideArchive (
  brand: Brand, targetId: string | null, context: Context
): { movedTo: string | null, products: number } {
  const path = 'move_products_to'
  const products = context.sandbox.products.countOfBrand(brand.brand_id)
  const collections = context.sandbox.productCollections.countOfBrand(brand.brand_id)
  if (targetId === null && products + collections > 0) {
    const held = products > 0 ? `products (${products})` : `product collections (${collections})`
    throw invalid(path, `Brand ${brand.brand_id} still has ${held}: set ${path} to the brand that takes them over`)
  }
  if (targetId === brand.brand_id) throw invalid(path, `${path} must be a different brand from the one that is archived`)
  if (targetId !== null) checkBrandInUse(targetId, path, context)
  return { movedTo: targetId, products }
}
