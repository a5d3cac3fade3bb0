/** /llms.txt: an index of the documentation and the operations for language models. */
import { existsSync } from 'node:fs'
import t from 'tap'
import { contract } from '../../src/contract/load.js'
import { packagePath } from '../../src/root.js'
import { startEmulator } from '../helper.js'

t.test('/llms.txt lists the documentation and every operation', async t => {
  const { call } = startEmulator(t)
  const { status, headers, text } = await call('GET', '/llms.txt', { key: null })
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/plain; charset=utf-8')
  t.match(text, /^# dodo-emulator\n\n> /)
  for (const { name, summary } of contract().operations) t.ok(text.includes(`- \`${name}\`: ${summary}\n`), name)
  const pages = [...text.matchAll(/\]\(docs\/guide\/(.*)\.html\)/g)].map(([, page = '']) => page)
  t.ok(pages.length > 20)
  for (const page of pages) t.ok(['', '.gen'].some(end => existsSync(packagePath('docs', `${page}${end}.md`))), page)
  for (const [, link = ''] of text.matchAll(/\]\(((?:_emulator\/)?openapi\.json)\)/g)) t.equal((await call('GET', `/${link}`)).status, 200, link)
})
