/** The schema step that stores e-mails as their content, run on a database with an e-mail. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import t from 'tap'
import { emailsStore } from '../../src/resources/emails/store.js'
import { packagePath } from '../../src/root.js'
import { openDatabase } from '../../src/store/database.js'

t.test('keeps the text of older e-mails', async t => {
  const file = join(t.testdir(), 'earlier.db')
  const steps = readdirSync(packagePath('db')).filter(name => name.endsWith('.sql') && name < '0044').sort()
  const earlier = new Sqlite(file)
  for (const step of steps) earlier.exec(readFileSync(packagePath('db', step), 'utf8'))
  const text = 'A "quoted" key & <b>:\n\n    KEY-1\n\nÉmile'
  earlier.exec(`PRAGMA user_version = ${steps.length}; PRAGMA application_id = ${0x646f646f};`)
  earlier.prepare(`INSERT INTO emails (email_id, type, sender, recipient, subject, text, html, customer_id, created_at)
    VALUES ('eml_1', 'license_key', 'Store', 'ada@example.com', 'Your key', ?, '<p>', 'cus_1', 7)`).run(`${text}\n\nStore\n`)
  earlier.close()

  const database = openDatabase(file, () => { t.fail('it is not new') })
  t.teardown(() => database.close())
  const emails = emailsStore(database)
  t.match(emails.find('eml_1'), { sender: 'Store', subject: 'Your key', created_at: 7, smtp_status: null, text: `${text}\n\nStore\n` })
  t.match(emails.find('eml_1')?.html, /A &#34;quoted&#34; key &#38; &#60;b&#62;/)
  t.strictSame(emails.list({ search: 'ÉMILE' }, 10, 0).map(({ email_id: id }) => id), ['eml_1'])
})
