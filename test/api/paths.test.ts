/** Operations are found by path as one router with all paths would find them. */
import fc from 'fast-check'
import findMyWay from 'find-my-way'
import t from 'tap'
import { contract, controlContract } from '../../src/contract/load.js'
import { PARAMETER_MAX, finderOf, routePath } from '../../src/http/paths.js'

for (const { operations } of [contract(), controlContract()]) {
  const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: PARAMETER_MAX })
  for (const operation of operations) router.on(operation.method, routePath(operation), () => {}, operation)
  const find = finderOf(operations)

  const words = [...new Set(operations.flatMap(({ path }) => path.split('/').slice(1)))]
  const word = fc.constantFrom(...words, '', 'x', '%70ayments', 'a%2Fb', 'ü', '%C3%BC', '%25', 'a;b', '_emulator', '%5Femulator')
  const path = fc.oneof(
    fc.array(word, { minLength: 1, maxLength: 7 }).map(parts => `/${parts.join('/')}`),
    fc.tuple(fc.constantFrom(...operations), word).map(([operation, value]) => operation.path.replace(/\{\w+\}/g, value))
  )
  const url = fc.tuple(path, fc.constantFrom('', '/', '?page_size=2', '/?a=%20', '#x')).map(parts => parts.join(''))
  const method = fc.constantFrom('GET', 'POST', 'PATCH', 'PUT', 'DELETE')

  t.test(`${operations[0]?.path}: one router for each beginning of a path`, async t => {
    fc.assert(fc.property(method, url, (method, url) => {
      const expected = router.find(method as 'GET', url)
      const found = find(method, url)
      if (found === 'too long') return false
      return expected?.store === found?.operation && JSON.stringify(expected?.params) === JSON.stringify(found?.params)
    }), { numRuns: 2000 })
    t.equal(find('GET', '/'), null)
  })
}

t.test('a parameter that is longer than any id', async t => {
  const find = finderOf(contract().operations)
  t.equal(find('GET', `/events/${'a'.repeat(PARAMETER_MAX + 1)}`), 'too long')
  t.not(find('GET', `/events/${'a'.repeat(PARAMETER_MAX)}`), 'too long')
  t.equal(find('GET', `/nowhere/${'a'.repeat(PARAMETER_MAX + 1)}`), null)
})
