// Generates docs/functions.gen.md, everything that `start()` and `connect()` return, from the types and comments of the package's API.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const PATH = 'docs/functions.gen.md'
const SOURCES = ['src/start.ts', 'src/handler.ts', ...['emulator', 'matchers', 'playwright', 'checkout-page', 'testcontainers'].map(name => `src/runners/${name}.ts`),
  ...readdirSync('src/client').sort().map(name => join('src/client', name))]

const CHAPTERS = [
  { name: 'Emulator', title: 'An emulator', text: '`start(options)` resolves to it. It also has all functions of the following chapters.' },
  { name: 'SandboxControls' },
  { name: 'Connection' },
  { name: 'RemoteEmulator', title: 'An emulator in another process', text: '`connect(url, options)` returns it, with all functions of the following chapters.' },
  { name: 'Controls', title: 'Payments, events, faults and state' },
  { name: 'ClockControls', title: 'The clock' },
  { name: 'SubscriptionControls', title: 'Subscriptions and settings' },
  { name: 'GrantControls', title: 'Grants and licence keys' },
  { name: 'MoneyControls', title: 'Disputes, balances and payouts' },
  { name: 'UsageControls', title: 'Usage' },
  { name: 'ConnectOptions', title: 'Options of `connect`' },
  {
    name: 'MountedEmulator',
    title: 'An emulator inside an application',
    text: '`createHandler(options)` of `dodo-emulator/handler` returns it, with the functions of [payments, events, faults and state](#payments-events-faults-and-state) ' +
      'and of the chapters after it ([how to](how-to/inside-your-application.md)).'
  },
  { name: 'HandlerOptions', title: 'Options of `createHandler`', text: 'Besides those of `start()`:' },
  {
    name: 'TestEmulator',
    title: 'An emulator in a test runner',
    text: 'The fixtures of `dodo-emulator/vitest` and `dodo-emulator/playwright`, and the environment of `dodo-emulator/jest`, provide it, with the same functions.'
  },
  { name: 'EmulatorMatchers', title: 'Matchers', text: 'Of `dodo-emulator/testing` ([how to](how-to/matchers.md)).' },
  { name: 'Checkout', title: 'Paying in a browser', text: 'The fixture `checkout` of `dodo-emulator/playwright` ([how to](how-to/test-with-playwright.md)).' },
  { name: 'CardPayment' },
  { name: 'EmulatorContainer', title: 'A container', text: '`startContainer(options)` of `dodo-emulator/testcontainers` resolves to it ([how to](how-to/test-with-containers.md)).' },
  { name: 'ContainerOptions' }
]

export async function functions () {
  const interfaces = new Map()
  for (const file of SOURCES) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true)
    for (const statement of source.statements) if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement)
  }
  const controls = [...interfaces.keys()].filter(name => name.endsWith('Controls') && !CHAPTERS.some(chapter => chapter.name === name))
  if (controls.length > 0) throw new Error(`tools/generate/functions.mjs has no chapter for ${controls.join(', ')}`)
  const chapters = CHAPTERS.flatMap(({ name, title, text }) => [
    ...(title === undefined ? [] : [`## ${title}`, '']),
    ...(text === undefined ? [] : [text, '']),
    ...interfaces.get(name).members.flatMap(entry)
  ])
  const content = [
    '<!-- Generated from src/start.ts and src/client/ by npm run generate: do not edit. -->',
    '# Functions',
    '',
    'Everything that `start()` and `connect()` return, from the package\'s types. [Using it in tests](how-to/use-in-tests.md) explains the',
    'most common ones. The options of `start()` are the [options of the command line](options.md) in camel case. Functions that fail reject',
    'with an `EmulatorError` with `status`, `code` and `details`. Types such as `Payment` are exported.',
    '',
    ...chapters
  ]
  return [{ path: PATH, content: `${content.join('\n').trimEnd()}\n` }]
}

/** The signature of a member under its name, with its comment. Overloads without a comment follow the one before. */
function entry (member) {
  const comment = commentOf(member)
  const heading = comment === '' ? [] : [`### \`${member.name.getText()}\``, '', comment, '']
  return [...heading, '```ts', signatureOf(member), '```', '']
}

function signatureOf (member) {
  return member.getText().replace(/ControlSchemas\['(\w+)'\]/g, '$1').replace(/^ {2}/gm, '')
}

function commentOf (member) {
  const [doc] = ts.getJSDocCommentsAndTags(member)
  if (doc === undefined) return ''
  const deprecated = (doc.tags ?? []).filter(tag => tag.tagName.text === 'deprecated').map(tag => `Deprecated. ${ts.getTextOfJSDocComment(tag.comment)}`)
  return [ts.getTextOfJSDocComment(doc.comment) ?? '', ...deprecated].join('\n').trim()
}
