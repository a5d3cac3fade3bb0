import t from 'tap'
import { ApiError } from '../../src/errors.js'
import { checkContact, type Contact } from '../../src/rules/contact.js'

function refusal (contact: Contact): string[] {
  try {
    checkContact(contact)
    return []
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return (error.details ?? []).map(({ path, message }) => `${path} ${message}`)
  }
}

t.test('accepts e-mail addresses', async t => {
  const accepted: Contact[] = [
    {},
    { name: null, email: null, phone_number: null },
    { name: 'A', email: 'a@b', phone_number: '' },
    { name: 'x'.repeat(500), email: `${'a'.repeat(64)}@${'b'.repeat(255)}`, phone_number: '1'.repeat(50) },
    { name: 'Zoë 李 ', email: 'zoë+tag@bücher.example', phone_number: '+44 20 7946 0018' }
  ]
  for (const contact of accepted) t.strictSame(refusal(contact), [], JSON.stringify(contact).slice(0, 60))
})

t.test('refuses text that is not an e-mail address', async t => {
  const cases: Array<[Contact, string[]]> = [
    [{ name: '' }, ['name must not be empty']],
    [{ name: ' \t\u00a0' }, ['name must not be empty']],
    [{ name: 'x'.repeat(501) }, ['name must not be longer than 500 characters']],
    [{ phone_number: '1'.repeat(51) }, ['phone_number must not be longer than 50 characters']],
    ...['', 'a', '@', 'a@', '@b', 'a b@c', 'a@b c', 'a@b@c', ' a@b', 'a@b\n', `${'a'.repeat(65)}@b`, `a@${'b'.repeat(256)}`]
      .map((email): [Contact, string[]] => [{ email }, ['email must be an e-mail address']]),
    [{ name: '', email: 'a' }, ['name must not be empty', 'email must be an e-mail address']]
  ]
  for (const [contact, expected] of cases) t.strictSame(refusal(contact), expected, JSON.stringify(contact).slice(0, 60))
})
