/** The documentation, compared with the code: tables of options and errors in both directions, links, the README's examples. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { TARGET_OPTIONS } from '../src/commands/target.js'
import { OPTIONS } from '../src/config/config.js'
import { ERRORS } from '../src/errors.js'
import { packagePath } from '../src/root.js'
import { startEmulator } from './helper.js'

const read = (...path: string[]) => readFileSync(packagePath(...path), 'utf8')

/** The rows between `<!-- name -->` and `<!-- /name -->`, after the two of the heading. */
function table (text: string, name: string): string[][] {
  const [, inner = ''] = text.split(new RegExp(`<!-- /?${name} -->`))
  const rows = inner.trim().split('\n').slice(2)
  return rows.map(row => row.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map(cell => cell.trim().replaceAll('\\|', '|')))
}

const code = (cell: string | undefined) => /^`(.*)`$/.exec(cell ?? '')?.[1]

t.test('the tables of options equal src/config/config.ts and src/commands/target.ts', async t => {
  const written = [...table(read('docs', 'options.md'), 'options'), ...table(read('docs', 'commands.md'), 'target-options')]
  t.strictSame(written.map(([flag, env, fallback, about]) => ({ flag: code(flag), env: code(env), fallback, about })),
    [...Object.values(OPTIONS), ...Object.values(TARGET_OPTIONS)].map(({ flag, env, value, fallback, about }) => ({
      flag: `--${flag} ${value}`,
      env,
      fallback: fallback === null || fallback === '' ? 'none' : `\`${fallback}\``,
      about
    })))
})

t.test('the table of docs/errors.md equals src/error-codes.ts', async t => {
  const written = table(read('docs', 'errors.md'), 'errors')
  t.strictSame(written.map(([name, status, sentence, when]) => [code(name), Number(status), sentence, when]),
    Object.entries(ERRORS).map(([name, { status, sentence, when }]) => [name, status, sentence ?? 'varies', when]))
})

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(packagePath('docs'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.md')).map(name => join('docs', name))].filter(name => existsSync(packagePath(name)))

t.test('links within the project have a target', async t => {
  for (const page of pages) {
    const text = read(page).replace(/^```[\s\S]*?^```/gm, '')
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      t.ok(existsSync(packagePath(file)), `${page} links to ${target}`)
      if (anchor !== undefined) t.ok(anchors(read(file)).includes(anchor), `${page} links to the heading ${target}`)
    }
  }
})

t.test('the how-tos are in the package, and their links work there', async t => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] }
  const isShipped = (path: string) => files.some(entry =>
    entry === 'docs/**/*.md' ? /^docs\/.*\.md$/.test(path) : entry === path || path.startsWith(`${entry}/`))
  const howTos = pages.filter(page => page.startsWith(join('docs', 'how-to')))
  for (const page of howTos) {
    t.ok(isShipped(page), page)
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (!/^[a-z]+:/.test(target)) t.ok(isShipped(join(dirname(page), target)), `${page} links to ${target}`)
    }
  }
})

/** The anchors of a page's headings, as GitHub generates them. */
function anchors (text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading.toLowerCase().replace(/[^\w\s-]/g, '').trim().replace(/\s/g, '-'))
}

t.test('each decision has its own number, which its title repeats', async t => {
  const files = readdirSync(packagePath('docs', 'decisions')).filter(name => /^\d{4}-/.test(name)).sort()
  t.strictSame(files.map(name => name.slice(0, 4)), files.map((_name, index) => String(index + 1).padStart(4, '0')))
  for (const name of files) t.match(read('docs', 'decisions', name), new RegExp(`^# ${name.slice(0, 4)}: `), name)
})

t.test('every curl call in the README is accepted', async t => {
  const { call } = startEmulator(t)
  const calls = [...read('README.md').matchAll(/curl http:\/\/127\.0\.0\.1:4010(\/\w+) \\\n[^']*(?:'[^{']*'[^']*)*'(\{[^']*\})'/g)]
  t.ok(calls.length > 0)
  for (const [, path = '', raw = ''] of calls) {
    const { status, text } = await call('POST', path, { raw })
    t.equal(status, 200, text)
  }
})

t.test('the README is short', async t => {
  t.ok(read('README.md').split('\n').length <= 200)
})

t.test('the ids in the README are in the fixtures', async t => {
  const files = ['products', 'discounts', 'customers']
  const fixtures = files.map(name => read('fixtures', `${name}.json`)).join('')
  for (const [, id = ''] of read('README.md').matchAll(/`((?:pdt|cus|pm)_\w+)`/g)) t.ok(fixtures.includes(`"${id}"`), id)
  t.match(read('README.md'), /unofficial/i)
})
