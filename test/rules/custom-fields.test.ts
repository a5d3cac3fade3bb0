/** Custom fields of a merchant: which definitions are allowed, and which answers. */
import t from 'tap'
import { checkCustomFields, readAnswer, type CustomField } from '../../src/rules/custom-fields.js'

const field = (changes: Partial<CustomField> = {}): CustomField => ({ key: 'k', label: 'Label', field_type: 'text', ...changes })

t.test('accepts valid fields', async t => {
  checkCustomFields([])
  checkCustomFields(['a', 'b', 'c', 'd', 'e'].map(key => field({ key })))
  checkCustomFields([field({ field_type: 'dropdown', options: ['one'] })])
  t.pass()
})

t.test('refuses invalid fields and names every place', async t => {
  const refuse = (fields: CustomField[], paths: string[]) => {
    t.throws(() => { checkCustomFields(fields) }, { code: 'INVALID_REQUEST_PARAMETERS', details: paths.map(path => ({ path })) }, paths.join())
  }
  refuse(Array.from({ length: 6 }, (_, index) => field({ key: String(index) })), ['custom_fields'])
  refuse([field({ key: ' ', label: '' })], ['custom_fields[0].key', 'custom_fields[0].label'])
  refuse([field(), field()], ['custom_fields[1].key'])
  refuse([field({ placeholder: 'x'.repeat(251) })], ['custom_fields[0].placeholder'])
  for (const options of [null, [], [''], ['a', 'a'], Array.from({ length: 101 }, (_, index) => String(index))]) {
    refuse([field({ field_type: 'dropdown', options })], ['custom_fields[0].options'])
  }
})

t.test('accepts valid answers', async t => {
  const answers: Array<[Partial<CustomField>, string, string | null]> = [
    [{}, ' text ', 'text'], [{}, ' ', null], [{ field_type: 'number' }, '-1.50', '-1.50'], [{ field_type: 'email' }, 'a@b.c', 'a@b.c'],
    [{ field_type: 'url' }, 'https://a.example', 'https://a.example'], [{ field_type: 'date' }, '2024-02-29', '2024-02-29'],
    [{ field_type: 'dropdown', options: [' M '] }, 'M', 'M'], [{ field_type: 'boolean' }, 'true', 'true'], [{ field_type: 'boolean' }, '', 'false']
  ]
  for (const [changes, text, value] of answers) t.strictSame(readAnswer(field(changes), text), { value }, `${changes.field_type} ${text}`)
})

t.test('refuses invalid answers', async t => {
  const wrong: Array<[Partial<CustomField>, string]> = [
    [{ required: true }, ' '], [{}, 'x'.repeat(501)], [{ field_type: 'number' }, '1e3'], [{ field_type: 'number' }, 'Infinity'],
    [{ field_type: 'email' }, 'a'], [{ field_type: 'url' }, 'ftp://a'], [{ field_type: 'date' }, '2026-02-29'], [{ field_type: 'date' }, '1/2/2026'],
    [{ field_type: 'dropdown', options: ['M'] }, 'L'], [{ field_type: 'boolean', required: true }, 'yes']
  ]
  for (const [changes, text] of wrong) t.match(readAnswer(field(changes), text), { problem: /Label/ }, `${changes.field_type} ${text}`)
})
