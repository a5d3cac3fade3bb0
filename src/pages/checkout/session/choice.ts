/**
 * The choice of a product in a session with a product collection: radio buttons in the groups of the collection. Hidden and
 * archived products are not shown. Automated tests can rely on:
 *
 *   ids           choice; radio buttons choose-{product_id}
 *   data-testid   offered-product (with data-product-id), offered-price
 *   form fields   product_id, chosen (the product that the page was made for)
 */
import { html } from 'ghtml'
import { offeredGroups } from '../../../resources/product-collections/offered.js'
import { countryOf } from '../../../resources/checkouts/purchase.js'
import type { Terms } from '../../../resources/checkouts/terms.js'
import { unitPrice } from '../../../resources/payments/cart.js'
import { isPayWhatYouWant } from '../../../resources/products/prices.js'
import type { Product } from '../../../resources/products/store.js'
import { moneyText, shortened, type Problem } from '../../fragments.js'
import { rootOf } from '../../hosted-layout.js'
import type { Fragment } from '../../layout.js'
import type { PageContext } from '../../page-context.js'
import { priceText } from '../recurrence.js'
import type { Draft } from './quote.js'

/** The id of the group of radio buttons. */
export const CHOICE_ID = 'choice'

/** The number of products of a group that are always shown. */
const PRODUCTS_SHOWN = 8

/** Empty in a session with a cart. */
export function productChoice (
  terms: Terms, { details }: Draft, problems: readonly Problem[], context: PageContext
): Fragment {
  const { sandbox } = context
  const collection = terms.collection_id === undefined ? undefined : sandbox.productCollections.find(terms.collection_id)
  if (collection === undefined) return ''
  const country = countryOf(details.known, sandbox)
  const problem = problems.find(({ field }) => field === CHOICE_ID)
  const described = [
    ...(collection.description === null ? [] : [`${CHOICE_ID}-hint`]), ...(problem === undefined ? [] : [`${CHOICE_ID}-problem`])
  ]
  const isChosen = ({ product_id: id }: Product) => terms.cart.some(item => item.product_id === id)
  const option = (product: Product) => offered(product, { terms, country, context })
  return html`<fieldset class="methods" id="${CHOICE_ID}" tabindex="-1"
!${described.length === 0 ? '' : html` aria-describedby="${described.join(' ')}"`}>
<legend class="section-title">${collection.name}</legend>
!${image(collection.image_id, 'cover', context)}
!${collection.description === null ? '' : html`<p class="hint" id="${CHOICE_ID}-hint">${collection.description}</p>`}
!${problem === undefined ? '' : html`<p class="problem" id="${CHOICE_ID}-problem">${problem.message}</p>`}
!${offeredGroups(collection.collection_id, sandbox).map(({ name, products }) =>
    html`!${name === null ? '' : html`<h2 class="group-title">${name}</h2>`}!${shortened(products.map(option), {
      shown: PRODUCTS_SHOWN,
      more: count => context.locale.text('choice.more', { count }),
      list: items => items.join(''),
      isOpen: products.slice(PRODUCTS_SHOWN).some(isChosen)
    })}`)}
<input type="hidden" name="chosen" value="${terms.cart[0]?.product_id ?? ''}">
</fieldset>`
}

/** A product with its radio button. */
function offered (
  product: Product, { terms, country, context }: { terms: Terms, country: string, context: PageContext }
): Fragment {
  const { product_id: id, name, description, image_id: imageId } = product
  const isChosen = terms.cart.some(item => item.product_id === id)
  return html`<div class="method offered" data-testid="offered-product" data-product-id="${id}">
<input type="radio" id="choose-${id}" name="product_id" value="${id}"!${isChosen ? ' checked' : ''}>
<label for="choose-${id}">!${image(imageId, 'thumb', context)}<span class="name">${name ?? id}</span>
<span class="price" data-testid="offered-price">${priceOf(product, country, terms, context)}</span>
!${description === null ? '' : html`<span class="hint">${description}</span>`}</label>
</div>`
}

/** The images are decorative: the names are beside them. */
function image (imageId: string | null, kind: 'cover' | 'thumb', context: PageContext): Fragment {
  return imageId === null ? '' : html`<img class="${kind}" src="${rootOf(context)}/uploads/${imageId}" alt="">`
}

/** `€29.00 every month`, `from $5.00` */
function priceOf (product: Product, country: string, terms: Terms, context: PageContext): string {
  const { sandbox, locale } = context
  const { price } = product
  const sold = unitPrice(product, { country, currency: terms.currency ?? price.currency }, sandbox)
  if (price.type === 'one_time_price') {
    const amount = moneyText(sold.price, sold.currency, context)
    return isPayWhatYouWant(price) ? locale.text('choice.from', { amount }) : amount
  }
  const period = { count: price.payment_frequency_count, interval: price.payment_frequency_interval }
  return priceText(sold.price, sold.currency, period, context)
}
