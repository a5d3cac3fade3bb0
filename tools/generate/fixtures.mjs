/**
 * The generator of `fixtures/schema.gen.json`: what a fixtures file may hold, for editors and for the emulator itself. Every item
 * is the contract's body that creates it, with what the contract's reply has besides, and a few words of our own; everything is
 * closed, so that a misspelt key is an error.
 */
import { readFileSync } from 'node:fs'

const read = path => JSON.parse(readFileSync(path, 'utf8')).components.schemas

const ID = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$',
  description: 'Chosen, and never to change; generated unless given.'
}
const LIST_MAX = 100_000
const PAYMENTS_MAX = 10_000
const CHECKOUTS_MAX = 10_000
const WEBHOOKS_MAX = 100

const text = description => ({ type: 'string', description })
const list = (item, description, maxItems = LIST_MAX) => ({ type: 'array', maxItems, description, items: { $ref: `#/$defs/${item}` } })

const AT = {
  type: 'string',
  description: 'When it happened: an RFC 3339 time, or how long before the end of the scenario, such as `-3d`, `-12h` or `-15m`. ' +
    'The end is `clock.now`, else the time at which the file is read.',
  examples: ['-3d', '2026-01-31T12:00:00Z']
}

/** Of a reply, but not to be chosen: it follows from the rest. Taken, so that a reply can be copied, and passed over. */
function derived (schema) {
  return { ...schema, readOnly: true, description: `Passed over: it follows from the rest. ${schema.description ?? ''}`.trim() }
}

/** A body that creates something, with what the reply has besides. */
function item (schemas, { create, reply, ids, follows = [], ...own }) {
  const { properties = {}, required = [] } = schemas[create]
  const besides = Object.entries(schemas[reply]?.properties ?? {}).filter(([name]) => !Object.hasOwn(properties, name))
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties: {
      ...Object.fromEntries((ids ?? []).map(name => [name, ID])),
      ...properties,
      ...Object.fromEntries(besides.filter(([name]) => !ids?.includes(name)).map(([name, schema]) =>
        [name, name === 'business_id' || follows.includes(name) ? derived(schema) : schema])),
      ...own
    }
  }
}

/** The items of the file, by their name in `$defs`. */
function items (schemas, control) {
  const none = (name, what) => ({
    ...schemas.CreateProductRequest.properties[name], maxItems: 0, description: `A fixtures file can hold no ${what}: leave it empty.`
  })
  const delivery = schemas.CreateDigitalProductDeliveryRequest
  const { payment_id: ofPayment, ...refund } = schemas.CreateRefundRequest.properties
  const { payment_method_id: methodId, ...method } = schemas.CustomerPaymentMethodItem.properties
  return {
    Brand: item(schemas, { create: 'CreateBrandRequest', reply: 'BrandResponse', ids: ['brand_id'], follows: ['image'] }),
    Addon: item(schemas, { create: 'CreateAddonRequest', reply: 'AddonResponse', ids: ['id'], follows: ['image'] }),
    Product: item(schemas, {
      create: 'CreateProductRequest',
      reply: 'GetProductResponse',
      ids: ['product_id'],
      follows: ['image', 'is_recurring', 'product_collection_id'],
      digital_product_delivery: {
        oneOf: [{ type: 'null' }, {
          ...delivery,
          additionalProperties: false,
          properties: {
            ...delivery.properties,
            files: { type: 'array', maxItems: 0, items: {}, description: 'A fixtures file can hold no files: leave it empty.' }
          }
        }]
      },
      entitlements: none('entitlements', 'entitlements'),
      credit_entitlements: none('credit_entitlements', 'credit entitlements'),
      archived: { type: 'boolean', default: false, description: 'Whether it can no longer be sold.' },
      localized_prices: list('LocalizedPrice', 'What it costs in one currency or country. Needs `pricing_mode`.', 1000)
    }),
    LocalizedPrice: item(schemas, {
      create: 'CreateLocalizedPriceRequest', reply: 'LocalizedPriceResponse', ids: ['id'], follows: ['product_id', 'mode']
    }),
    Customer: item(schemas, {
      create: 'CreateCustomerRequest',
      reply: 'CustomerResponse',
      ids: ['customer_id'],
      payment_methods: list('SavedPaymentMethod', 'What the customer has saved.', 100)
    }),
    SavedPaymentMethod: {
      type: 'object',
      additionalProperties: false,
      description: 'With `test_card`, or with `payment_method` and the rest in the shape of the API.',
      properties: {
        payment_method_id: ID,
        test_card: text('The number of a test card, such as 4242 4242 4242 4242: the rest follows from it.'),
        ...method
      }
    },
    Discount: item(schemas, {
      create: 'CreateDiscountRequest',
      reply: 'DiscountResponse',
      ids: ['discount_id'],
      times_used: { type: 'integer', format: 'int32', minimum: 0, description: 'How often it was used before.' },
      customer_ids: {
        type: 'array',
        maxItems: LIST_MAX,
        items: { type: 'string' },
        description: 'Who may use it, where `customer_eligibility` is `specific`.'
      }
    }),
    Payment: item(schemas, {
      create: 'CreateOneTimePaymentRequest',
      ids: ['payment_id'],
      key: { ...ID, description: 'A name of your own, by which the payment is found among what was made.' },
      at: AT,
      ...control.Pay.properties,
      refunds: list('Refund', 'What was given back of it, in order.', 100)
    }),
    Refund: {
      type: 'object',
      additionalProperties: false,
      properties: {
        refund_id: ID,
        at: { ...AT, description: `${AT.description} The time of the payment unless given.` },
        ...refund,
        status: {
          type: 'string',
          enum: ['pending', ...control.SettleRefund.properties.status.enum],
          default: 'succeeded',
          description: "What became of it at once. One that stays pending settles by the sandbox's clock."
        }
      }
    },
    Checkout: item(schemas, { create: 'CreateCheckoutSessionRequest', ids: ['session_id'], at: AT }),
    Webhook: item(schemas, {
      create: 'CreateWebhookRequest',
      ids: ['id'],
      secret: {
        type: 'string',
        pattern: '^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
        description: 'What its deliveries are signed with; generated unless given.'
      },
      at: { ...AT, description: 'When it was registered; it hears of what happens afterwards. The end of the scenario unless given.' }
    })
  }
}

function root () {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Fixtures of dodo-emulator',
    description: 'What a sandbox starts from, and what has happened in it before. Amounts are whole numbers of minor units (cents).',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: text('Where this schema is, for editors.'),
      business: {
        type: 'object',
        description: 'The one business that a sandbox is.',
        additionalProperties: false,
        properties: {
          business_id: ID,
          name: { type: 'string', minLength: 1, maxLength: 500 },
          currency: { $ref: '#/$defs/Currency', description: 'Of its wallet: what payments settle in. USD unless given.' }
        }
      },
      brands: list('Brand', 'The brand with the id of the business is the primary one; it is made unless it is given.', 1000),
      addons: list('Addon', 'What is sold with subscriptions.'),
      products: list('Product', 'What is sold.'),
      customers: list('Customer', 'To whom.'),
      discounts: list('Discount', 'Discount codes.'),
      payments: list('Payment', 'What was paid, and what became of it. Carried out in the order of time.', PAYMENTS_MAX),
      checkouts: list('Checkout', 'Checkout sessions that were opened.', CHECKOUTS_MAX),
      webhooks: list('Webhook', 'Endpoints that hear of events.', WEBHOOKS_MAX),
      clock: {
        type: 'object',
        additionalProperties: false,
        description: 'What time it is when everything above has happened.',
        properties: {
          now: { type: 'string', format: 'date-time', description: "The computer's time unless given." },
          frozen: { type: 'boolean', description: 'Whether the clock stands still.' }
        }
      }
    }
  }
}

/** Words of OpenAPI that JSON Schema does not have, and our own. */
const FOREIGN = new Set(['discriminator', 'example', 'xml', 'externalDocs', 'x-since', 'x-optional-since', 'x-enum-since'])

/**
 * A union of which the first branch that fits counts: members of the other branches are passed over, as the API does. The
 * references in it are resolved, because as a part of it a branch is closed in another way than where it stands by itself.
 */
function firstMatch ({ oneOf, 'x-first-match': isFirstMatch, ...rest }, schemas) {
  const branches = oneOf.map(({ $ref: reference }) => schemas[reference.slice(reference.lastIndexOf('/') + 1)])
  const names = branches.flatMap(({ properties }) => Object.keys(properties))
  const passedOver = Object.fromEntries(names.map(name => [name, {}]))
  return { ...rest, anyOf: branches.map(branch => ({ ...branch, properties: { ...passedOver, ...branch.properties } })) }
}

/** Without foreign words, and with references into `$defs`. `sees` is called with the name of every schema referred to. */
function translated (schema, sees, schemas) {
  if (Array.isArray(schema)) return schema.map(part => translated(part, sees, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  if (schema['x-first-match'] === true) return translated(firstMatch(schema, schemas), sees, schemas)
  const entries = Object.entries(schema).flatMap(([key, value]) => {
    if (key === '$ref' && typeof value === 'string') {
      const name = value.slice(value.lastIndexOf('/') + 1)
      sees(name)
      return [[key, `#/$defs/${name}`]]
    }
    return FOREIGN.has(key) ? [] : [[key, translated(value, sees, schemas)]]
  })
  return Object.fromEntries(isAmount(schema) ? [...entries, ['x-minor-units', true]] : entries)
}

/** Whole numbers that the contract describes as amounts of money: 18.00 there gets the advice to write 1800. */
function isAmount ({ type, description }) {
  return [type].flat().includes('integer') && /\bminor units\b/i.test(description ?? '')
}

/** A union or composition whose branches are compositions is closed branch by branch; an object with named properties as it is. */
function closed (schema, isPart = false) {
  if (Array.isArray(schema)) return schema.map(part => closed(part, isPart))
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value, key === 'allOf')]))
  if (isPart) return inner
  if (Array.isArray(schema.allOf)) return { unevaluatedProperties: false, ...inner }
  if (schema.type === 'object' && schema.properties !== undefined) return { additionalProperties: false, ...inner }
  return inner
}

/** The names of the schemas that are only parts of compositions, which are closed as a whole. */
function partsOf (schemas) {
  const parts = new Set()
  const whole = new Set()
  const walk = (schema, isPart) => {
    if (typeof schema !== 'object' || schema === null) return
    for (const [key, value] of Object.entries(schema)) {
      if (key === '$ref' && typeof value === 'string') (isPart ? parts : whole).add(value.slice(value.lastIndexOf('/') + 1))
      else walk(value, Array.isArray(schema) ? isPart : key === 'allOf')
    }
  }
  walk(schemas, false)
  const both = [...parts].filter(name => whole.has(name))
  if (both.length > 0) throw new Error(`can't be closed, being parts as well as wholes: ${both.join(', ')}`)
  return parts
}

export async function fixturesSchema () {
  const schemas = read('openapi/openapi.gen.json')
  const own = items(schemas, read('openapi/control.gen.json'))
  const clash = Object.keys(own).filter(name => Object.hasOwn(schemas, name))
  if (clash.length > 0) throw new Error(`the contract has schemas of these names too: ${clash.join(', ')}`)
  const defs = {}
  const waiting = []
  const sees = name => {
    if (Object.hasOwn(defs, name) || waiting.includes(name)) return
    if (own[name] === undefined && schemas[name] === undefined) throw new Error(`there is no schema ${name}`)
    waiting.push(name)
  }
  const document = translated(root(), sees, schemas)
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    defs[name] = {}
    defs[name] = translated(own[name] ?? schemas[name], sees, schemas)
  }
  const parts = partsOf(defs)
  const sorted = Object.keys(defs).sort().map(name => [name, closed(defs[name], parts.has(name))])
  const content = { ...document, $defs: Object.fromEntries(sorted) }
  return [{ path: 'fixtures/schema.gen.json', content: `${JSON.stringify(content, null, 1)}\n` }]
}
