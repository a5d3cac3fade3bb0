/**
 * An emulator in memory whose every reply is validated by a closed copy of the contract, in which an extra or a
 * missing key fails. Tests inject requests without a port; those that need one use listen().
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Test } from 'tap'
import type { Clock } from '../src/sandbox/clock.js'
import { readConfig, type OptionName } from '../src/config/config.js'
import { contract, type Operation } from '../src/contract/load.js'
import type { Body, OperationName, Reply, Schemas } from '../src/contract/operations.js'
import { createApp } from '../src/emulator.js'
import { ERRORS, type ErrorCode } from '../src/errors.js'

export const API_KEY = 'test'

export interface Answer<Json = unknown> {
  status: number
  headers: Record<string, unknown>
  text: string
  json: Json
}

export interface Refusal {
  code: ErrorCode
  message: string
  details?: Array<{ path: string, message: string }>
}

export interface RequestOptions {
  body?: unknown
  /** Sent unchanged, for bodies that are not JSON. */
  raw?: string | Buffer
  headers?: Record<string, string>
  /** null sends no key. */
  key?: string | null
}

export interface TestEmulator {
  emulator: ReturnType<typeof createApp>
  /** Sends a request of any method and URL. Checks the reply against the contract. */
  call (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS', url: string, options?: RequestOptions): Promise<Answer>
  get<Json = Record<string, unknown>> (url: string): Promise<Json>
  /** Sends POST /payments with a body that must be accepted. */
  pay (body: PaymentBody): Promise<Required<Schemas['CreateOneTimePaymentResponse']>>
  /** Sends POST /payments with a body that must be refused; checks that nothing was stored, and returns the refusal. */
  refuse (body: unknown): Promise<Refusal & { status: number }>
  /** The number of rows of each table. */
  stored (): Record<string, number>
}

export type PaymentBody = Body<'POST /payments'>

/** A valid payment. Tests change the fields they are about. */
export function paymentBody (changes: Partial<PaymentBody> = {}): PaymentBody {
  return {
    billing: { country: 'US' },
    customer: { customer_id: 'cus_ada' },
    product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }],
    ...changes
  }
}

/** An emulator in memory that closes with the test. Options are those of the command line; `system` is the computer's clock. */
export function startEmulator (test: Test, options: Partial<Record<OptionName, string>> = {}, system?: Clock): TestEmulator {
  const emulator = createApp(readConfig({ database: ':memory:', port: '0', ...options }, {}), undefined, system)
  test.teardown(() => emulator.close())

  async function call (...[method, url, options = {}]: Parameters<TestEmulator['call']>): Promise<Answer> {
    const { body, raw, headers = {}, key = API_KEY } = options
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await emulator.app.inject({
      method,
      url,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers
      },
      ...(payload === undefined ? {} : { payload })
    })
    const { statusCode: status, payload: text } = response
    const isJson = text !== '' && String(response.headers['content-type']).startsWith('application/json')
    const answer = { status, headers: response.headers as Record<string, unknown>, text, json: isJson ? JSON.parse(text) : undefined }
    checkAnswer(test, method, url, answer)
    return answer
  }

  function stored (): Record<string, number> {
    return emulator.sandbox.countRows()
  }

  return {
    emulator,
    call,
    stored,
    async get<Json> (url: string) {
      const { status, json, text } = await call('GET', url)
      test.equal(status, 200, text)
      return json as Json
    },
    async pay (body) {
      const { status, json, text } = await call('POST', '/payments', { body })
      test.equal(status, 200, text)
      return json as Required<Reply<'POST /payments'>>
    },
    async refuse (body) {
      const before = stored()
      const { status, json } = await call('POST', '/payments', { body })
      test.ok(status >= 400 && status < 500, `refused: ${status} ${JSON.stringify(json)}`)
      test.strictSame(stored(), before, 'nothing was stored')
      return { status, ...json as Refusal }
    }
  }
}

/** Validates a reply by the closed contract: its schema if it is a success, the envelope if it is not. */
export function checkAnswer (test: Test, method: string, url: string, { status, json, text }: Answer): void {
  const operation = operationOf(method, url)
  if (status >= 400) return checkRefusal(test, status, json)
  if (operation === undefined) return
  const validate = closedReply(operation.name)
  if (validate === null) test.equal(text, '', `${operation.name} answers without a body`)
  else test.ok(validate(json), `${operation.name} answers as in the contract: ${JSON.stringify(validate.errors?.slice(0, 3))}`)
}

/** Codes with other statuses: for read-only keys, archived items, balances, repeated keys and plan changes. */
const OTHER_STATUSES: Partial<Record<ErrorCode, readonly number[]>> = {
  UNAUTHORIZED: [403],
  PRODUCT_IS_DELETED: [410],
  PRODUCT_COLLECTION_IS_DELETED: [410],
  CREDIT_ENTITLEMENT_IS_DELETED: [410],
  BRAND_NOT_ENABLED: [409],
  INVALID_REQUEST_PARAMETERS: [400, 409],
  PREVIOUS_PAYMENT_PENDING: [409],
  LICENSE_KEY_LIMIT_REACHED: [409]
}

function checkRefusal (test: Test, status: number, json: unknown): void {
  const { code, message, details, ...rest } = json as Refusal
  test.strictSame(rest, {}, 'an error has no other keys')
  test.ok(code in ERRORS, `${code} is a known error`)
  test.ok(status === ERRORS[code].status || OTHER_STATUSES[code]?.includes(status) === true, `${code} has its status`)
  test.ok(typeof message === 'string' && message.length > 0, 'an error says what to change')
  for (const detail of details ?? []) test.strictSame(Object.keys(detail), ['path', 'message'])
}

let patterns: Array<{ operation: Operation, pattern: RegExp }> | undefined

export function operationOf (method: string, url: string): Operation | undefined {
  patterns ??= contract().operations.map(operation =>
    ({ operation, pattern: new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`) }))
  const path = url.split('?', 1)[0] ?? ''
  return patterns.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation
}

const validators = new Map<OperationName, ValidateFunction | null>()

/** The validator of an operation's success reply, in which every key of the contract is required and no other is allowed. */
export function closedReply (name: OperationName): ValidateFunction | null {
  const known = validators.get(name)
  if (known !== undefined) return known
  const [method = '', path = ''] = name.split(' ')
  const responses = contract().document.paths[path]?.[method.toLowerCase()]?.responses ?? {}
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1]
  const schema = success?.content?.['application/json']?.schema
  const validate = schema === undefined ? null : closedAjv().compile(absolute(close(schema)))
  validators.set(name, validate)
  return validate
}

/** A validator of a schema of the contract in its closed form. */
export function closedSchema (name: keyof Schemas): ValidateFunction {
  return closedAjv().compile({ $ref: `closed#/components/schemas/${name}` })
}

let ajv: Ajv2020 | undefined

function closedAjv (): Ajv2020 {
  if (ajv === undefined) {
    ajv = new Ajv2020({ allErrors: true, strict: false })
    addFormats.default(ajv)
    const schemas = contract().document.components.schemas
    ajv.addSchema({ components: { schemas: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, close(schema)])) } }, 'closed')
  }
  return ajv
}

function absolute (schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"closed#/'))
}

type Schema = Record<string, unknown>

/** Every object with named properties requires all of them and allows no others; compositions are closed as a whole. */
function close (schema: unknown): object {
  if (Array.isArray(schema)) return schema.map(close)
  if (typeof schema !== 'object' || schema === null) return schema as unknown as object
  const { allOf, ...rest } = schema as Schema
  const closed: Schema = Object.fromEntries(Object.entries(rest).map(([key, value]) =>
    [key, key === 'enum' || key === 'required' ? value : close(value)]))
  if (Array.isArray(allOf)) return { ...closed, allOf: allOf.map(open), unevaluatedProperties: false }
  if (isObjectSchema(schema as Schema)) {
    closed['required'] = Object.keys((schema as { properties: object }).properties)
    closed['additionalProperties'] ??= false
  }
  return closed
}

function isObjectSchema ({ properties, type }: Schema): boolean {
  return typeof properties === 'object' && (type === 'object' || type === undefined)
}

/** A part of a composition, with its reference resolved: only the whole is closed. */
function open (part: unknown): object {
  const { $ref: reference } = part as { $ref?: string }
  if (reference === undefined) return part as object
  const name = reference.slice(reference.lastIndexOf('/') + 1)
  return contract().document.components.schemas[name] ?? {}
}
