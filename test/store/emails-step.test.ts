/** The schema step that stores e-mails as their content, run on a database with an e-mail. */
import t from 'tap'
import { emailsStore } from '../../src/resources/emails/store.js'
import { openEarlier } from './earlier.js'

t.test('keeps the text of older e-mails', async t => {
  const text = 'A "quoted" key & <b>:\n\n    KEY-1\n\nÉmile'
  const database = openEarlier(t, '0044', earlier => {
    earlier.prepare(`INSERT INTO emails (email_id, type, sender, recipient, subject, text, html, customer_id, created_at)
      VALUES ('eml_1', 'license_key', 'Store', 'ada@example.com', 'Your key', ?, '<p>', 'cus_1', 7)`).run(`${text}\n\nStore\n`)
  })
  const emails = emailsStore(database)
  t.match(emails.find('eml_1'), { sender: 'Store', subject: 'Your key', created_at: 7, smtp_status: null, text: `${text}\n\nStore\n` })
  t.match(emails.find('eml_1')?.html, /A &#34;quoted&#34; key &#38; &#60;b&#62;/)
  t.strictSame(emails.list({ search: 'ÉMILE' }, 10, 0).map(({ email_id: id }) => id), ['eml_1'])
})
