// Speed of lists: the first page of each list with 100,000 rows stored (quick: 10,000), compared with 100 rows, unfiltered and with
// every filter of the contract: once selecting nearly all rows, once selecting few rows, the oldest. GET /payments is in stored.mjs.
// GET /balances/ledger has ten times as many. GET /webhooks has 100 rows at most. The dashboard's list pages are requested as by a browser.
import { listPayments } from '../payment.mjs'
import { probe } from '../probe.mjs'
import { removeFolder, temporaryFolder } from '../processes.mjs'
import { startServer } from '../server.mjs'
import { ask } from '../shop.mjs'
import { fillStore, multiplied, SMALL } from '../stock.mjs'

const SLICE_MS = 20
const SLICES = { quick: 6, full: 25 }

// [list, filter, selection, query]. The queries match the data of the store.
function requests ({ rare, common }) {
  const since = encodeURIComponent(rare.customer.created_at)
  const sinceRefund = encodeURIComponent(rare.refund.created_at)
  const both = (path, filter, many, few) => [[path, filter, 'nearly all', many], [path, filter, 'few', few]]
  return [
    ['/products', 'none', 'all', ''],
    ...both('/products', 'archived', 'archived=false', 'archived=true'),
    ...both('/products', 'recurring', 'recurring=false', 'recurring=true'),
    ...both('/products', 'brand_id', `brand_id=${common.brandId}`, `brand_id=${rare.brandId}`),
    ['/customers', 'none', 'all', ''],
    ...both('/customers', 'email', 'email=bench', 'email=rare'),
    ...both('/customers', 'name', 'name=customer', 'name=rarity'),
    ['/customers', 'created_at_gte', 'nearly all', `created_at_gte=${since}`],
    ['/customers', 'created_at_lte', 'few', `created_at_lte=${since}`],
    ['/discounts', 'none', 'all', ''],
    ...both('/discounts', 'code', 'code=COMMON', 'code=RARE'),
    ...both('/discounts', 'discount_type', 'discount_type=percentage', 'discount_type=flat'),
    ...both('/discounts', 'active', 'active=true', 'active=false'),
    ...both('/discounts', 'product_id', `product_id=${common.product.product_id}`, `product_id=${rare.product.product_id}`),
    ['/refunds', 'none', 'all', ''],
    ['/refunds', 'created_at_gte', 'nearly all', `created_at_gte=${sinceRefund}`],
    ['/refunds', 'created_at_lte', 'few', `created_at_lte=${sinceRefund}`],
    ...both('/refunds', 'status', 'status=succeeded', 'status=failed'),
    ...both('/refunds', 'customer_id', `customer_id=${common.customer.customer_id}`, `customer_id=${rare.customer.customer_id}`),
    ['/refunds', 'subscription_id', 'none', 'subscription_id=sub_none'],
    ['/balances/ledger', 'none', 'all', ''],
    ['/balances/ledger', 'created_at_gte', 'nearly all', `created_at_gte=${sinceRefund}`],
    ['/balances/ledger', 'created_at_lte', 'few', `created_at_lte=${sinceRefund}`],
    ...both('/balances/ledger', 'event_type', 'event_type=payment', 'event_type=refund_reversal'),
    ...both('/balances/ledger', 'currency', 'currency=USD', 'currency=EUR'),
    ['/balances/ledger', 'currency and event_type', 'few', 'currency=USD&event_type=refund_reversal'],
    ['/balances/ledger', 'reference_object_id', 'few', `reference_object_id=${rare.refund.refund_id}`],
    ['/_emulator/events', 'none', 'all', ''],
    ...both('/_emulator/events', 'type', 'type=payment.succeeded', 'type=payment.failed'),
    ['/_emulator/events', 'payment_id', 'few', `payment_id=${rare.paymentId}`],
    ['/', 'none', 'all', ''],
    ['/dashboard/payments', 'none', 'all', ''],
    ...both('/dashboard/payments', 'status', 'status=succeeded', 'status=failed'),
    ...both('/dashboard/payments', 'search', `q=${common.customer.email}`, `q=${rare.customer.email}`),
    ['/dashboard/payments', 'search', 'none', 'q=missing.customer'],
    ['/dashboard/ledger', 'none', 'all', ''],
    ['/dashboard/customers', 'none', 'all', ''],
    ['/dashboard/customers', 'search', 'few', 'email=rare'],
    ['/dashboard/products', 'none', 'all', ''],
    ['/dashboard/discounts', 'none', 'all', ''],
    ['/dashboard/webhooks/events', 'none', 'all', ''],
    ...both('/dashboard/webhooks/events', 'type', 'type=payment.succeeded', 'type=payment.failed')
  ].map(([path, filter, selects, query]) => ({ path, filter, selects, query }))
}

const isPage = (path) => path === '/' || path.startsWith('/dashboard')

// Resolves to samples: {path, filter, selects, query, rows, round, found, smallUs, largeUs, ratio}.
export async function measureLists ({ contestants, options, guard, progress, problems }) {
  const ours = contestants.find(({ key }) => key === 'ours')
  const samples = []
  if (ours === undefined) return samples
  const rows = options.quick ? 10_000 : 100_000

  const smallFolder = temporaryFolder()
  let stock
  progress(`lists: fills one store with ${SMALL} of everything, another with ${rows}`)
  await guard(ours, () => startServer(ours, { folder: smallFolder }), async (server) => { stock = await fillStore(server) })
  if (stock === undefined) return samples
  const largeFolder = multiplied(smallFolder, rows, stock)

  for (let round = 1; round <= options.rounds; round++) {
    progress(`lists, round ${round} of ${options.rounds}`)
    await guard(ours, () => startServer(ours, { folder: smallFolder }), async (small) => {
      await guard(ours, () => startServer(ours, { folder: largeFolder }), async (large) => {
        for (const one of requests(stock)) samples.push({ ...one, rows, round, ...await compare(small, large, one) })
      })
    })
  }
  removeFolder(smallFolder)
  removeFolder(largeFolder)
  return samples

  async function compare (small, large, { path, query }) {
    const asked = { ...listPayments, path: query === '' ? path : `${path}?${query}` }
    const request = isPage(path) ? { ...asked, headers: { accept: 'text/html' } } : asked
    const [found, foundAmongMany] = await Promise.all([small, large].map((server) => countRows(server, request)))
    if (found !== foundAmongMany) problems.push(`GET ${request.path}: ${found} rows of few, ${foundAmongMany} of many`)
    const [few, many] = await probe([small, large], {
      request,
      sliceMs: SLICE_MS,
      slices: options.quick ? SLICES.quick : SLICES.full,
      label: `GET ${request.path}`,
      problems
    })
    return { found, smallUs: few.p50Us, largeUs: many.p50Us, ratio: many.p50Us / few.p50Us }
  }
}

async function countRows (server, { path, headers }) {
  if (!isPage(path)) return (await ask(server, 'GET', path)).items.length
  const text = await (await fetch(server.url + path, { headers })).text()
  return text.split('<tr id="row-').length - 1
}
