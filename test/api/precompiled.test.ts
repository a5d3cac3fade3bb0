/** The validators of the build accept exactly what ajv accepts at run time. */
import t from 'tap'
import { createAjv } from '../../src/contract/ajv.js'
import { contract, controlContract, type Operation } from '../../src/contract/load.js'
import { precompiled } from '../../src/contract/precompiled.js'
import { bodySchema, querySchema } from '../../src/contract/schemas.js'
import { createPool, spoilt, valueOf } from '../fuzz/values.js'
import { randomFrom } from '../random.js'

const ROUNDS = 40

const operations = [...contract().operations, ...controlContract().operations]
const random = randomFrom(22)

/** Values by a schema. About half are valid. */
function values (schema: object, { document }: Operation, rounds = ROUNDS): unknown[] {
  const source = { random, pool: createPool(), document }
  return Array.from({ length: rounds }, () => {
    const value = valueOf(schema, source)
    return random.chance(0.5) ? value : spoilt(value, random)
  })
}

/** A value as a query has it. */
const text = (value: unknown) => typeof value === 'string' ? value : JSON.stringify(value)

t.test('bodies', async t => {
  const ajv = createAjv(false)
  let accepted = 0
  for (const operation of operations.filter(({ body }) => body !== null)) {
    const accepts = precompiled('body', operation)
    const validate = ajv.compile(bodySchema(operation))
    const differing = values(operation.body?.schema ?? {}, operation).find(value => {
      const isAccepted = validate(value)
      if (isAccepted) accepted++
      return accepts?.(value) !== isAccepted
    })
    if (differing !== undefined) t.fail(`${operation.name}: ${JSON.stringify(differing)}`)
  }
  t.ok(accepted > 1000, `${accepted} of them were valid`)
})

t.test('queries, with the same conversions', async t => {
  const ajv = createAjv(true)
  let accepted = 0
  for (const operation of operations.filter(({ query }) => query.length > 0)) {
    const accepts = precompiled('query', operation)
    const validate = ajv.compile(querySchema(operation))
    for (let round = 0; round < ROUNDS; round++) {
      const given = operation.query.filter(() => random.chance(0.5))
      const query = Object.fromEntries(given.map(({ name, schema }) => [name, text(values(schema, operation, 1)[0])]))
      const [one, other] = [{ ...query }, { ...query }]
      const isAccepted = validate(one)
      if (isAccepted) accepted++
      const isSame = accepts?.(other) === isAccepted && (!isAccepted || JSON.stringify(one) === JSON.stringify(other))
      if (!isSame) t.fail(`${operation.name}: ${JSON.stringify(query)}`)
    }
  }
  t.ok(accepted > 500, `${accepted} of them were valid`)
})
