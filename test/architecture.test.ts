/** The rules of docs/architecture.md that can be checked from the source. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { fixturesParts } from '../src/resources/all.js'
import { packagePath } from '../src/root.js'

const LINES_MAX = 350
const COLUMNS_MAX = 130
const FUNCTION_LINES_MAX = 90
/** Without the functions inside it: a group of tests is a function, and so is each test in it. */
const OWN_LINES_MAX = 75

/** Packages that rules/ may use: pure functions only. */
const PURE_LIBRARIES = ['card-validator']

/**
 * Files outside of resources/ that name a resource: the pages that customers and programs meet, which are about payments, sessions,
 * customers, grants and uploads, and the composition root, which applies options to webhooks.
 */
const NAMES_RESOURCES =
  /^(?:resources\/|pages\/(?:accept|checkout|embed|portal)\/|pages\/(?:access|invoice|meters|uploads)\.ts$|emulator\.ts$)/

interface Import {
  /** A package (`fastify`, `node:fs`), or the path of a file below src/ (`store/database.ts`). */
  target: string
  /** Removed by the compiler. */
  isType: boolean
}

interface Source {
  /** Below src/ or test/, with slashes: `resources/payments/store.ts`. */
  name: string
  text: string
  tree: ts.SourceFile
  /** All nodes of the tree, in their order. */
  nodes: ts.Node[]
  imports: Import[]
}

const sources = sourcesIn('src')
const tests = sourcesIn('test')

function sourcesIn (folder: string): Source[] {
  return readdirSync(packagePath(folder), { recursive: true, encoding: 'utf8' })
    .map(name => name.replaceAll('\\', '/'))
    .filter(name => name.endsWith('.ts'))
    .map(name => {
      const text = readFileSync(packagePath(folder, name), 'utf8')
      const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
      const nodes = nodesOf(tree)
      return { name, text, tree, nodes, imports: importsOf(name, nodes) }
    })
}

/** Written by hand: neither generated nor vendored. */
const written = sources.filter(({ name }) => !name.includes('.gen.') && !name.startsWith('vendor/'))

function importsOf (name: string, nodes: readonly ts.Node[]): Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, isType: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    found.push({ target: targetOf(name, specifier.text), isType })
  }
  for (const node of nodes) {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly === true)
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false)
  }
  return found
}

function targetOf (name: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  return normalize(join(dirname(name), specifier)).replaceAll('\\', '/').replace(/\.js$/, '.ts')
}

function nodesOf (tree: ts.SourceFile): ts.Node[] {
  const nodes: ts.Node[] = []
  const add = (node: ts.Node): void => {
    nodes.push(node)
    ts.forEachChild(node, add)
  }
  add(tree)
  return nodes
}

/** `file.ts:12` of every matching node in the written source, except in the given files. */
function places (is: (node: ts.Node) => boolean, mayHave: RegExp = /^$/): string[] {
  const found: string[] = []
  for (const { name, tree, nodes } of written) {
    if (mayHave.test(name)) continue
    for (const node of nodes) {
      if (is(node)) found.push(`${name}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`)
    }
  }
  return found
}

/** The files with a matching import, except the given files. */
function importers (is: (target: string) => boolean, may: RegExp): string[] {
  return written.flatMap(({ name, imports }) =>
    may.test(name) ? [] : imports.filter(({ target }) => is(target)).map(({ target }) => `${name} imports ${target}`))
}

t.test('files import only what their folder may import', async t => {
  t.ok(written.length > 30, 'the source is found')

  t.strictSame(importers(target => /^@?fastify(?:\/|$)/.test(target), /^(?:http\/|pages\/|control\/|emulator\.ts$)/), [],
    'only http/, pages/, control/ and the composition root know Fastify')

  t.strictSame(importers(target => target === 'better-sqlite3' || target === 'store/database.ts',
    /^(?:store\/|resources\/stores\.ts$|resources\/[^/]+\/(?:\w+-)?store\.ts$|delivery\/store\.ts$|sandbox\/)/), [],
  'only store/, the stores of the resources and the sandbox know SQLite')

  t.strictSame(importers(target => !/^(?:rules\/|vendor\/|errors\.ts$)/.test(target) && !PURE_LIBRARIES.includes(target),
    /^(?!rules\/)/), [],
  'rules/ knows nothing outside but errors and pure libraries: no clock, no database, no files')

  t.strictSame(importers(target => /^node:(?:https?|http2|net|tls|dgram|dns)(?:\/|$)|^undici$/.test(target),
    /^(?:http\/|pages\/|control\/|client\/|delivery\/|compare\/receiver\.ts$|emulator\.ts$)/), [], 'only HTTP, the client functions and delivery know the network')

  t.strictSame(importers(target => target.startsWith('http/'), /^(?:http\/|pages\/|control\/|emulator\.ts$)/), [],
    'resources, rules and stores know nothing of HTTP')

  t.strictSame(places(node => ts.isFunctionDeclaration(node) && /^export function find[A-Z]/.test(node.getText()),
    /^(?!resources\/)|^resources\/[^/]+\/rules\.ts$/), [], 'what must exist is found in the rules.ts of its resource')

  t.strictSame(importers(target => target.startsWith('pages/'),
    /^(?:pages\/|emulator\.ts$|resources\/(?:invoices\/|dashboards\.ts$|[^/]+\/dashboard(?:\.ts$|\/)))/), [],
  'of a resource, only its dashboard section knows pages; invoices are drawn as PDF')

  const APART = /^resources\/(?:all|dashboards|stores|resource)\.ts$/
  t.strictSame(importers(target => target.startsWith('resources/') && !APART.test(target), NAMES_RESOURCES), [],
    'outside of resources/, a resource is known through all.ts, stores.ts, dashboards.ts and resource.ts')

  const MAY_USE = /^(?:mcp|contract|rules)\/|^(?:client\/(?:send|controls)|config\/values|delivery\/catalogue|errors|requests\/advice|resources\/all|root|vendor\/mcp)\.ts$/
  t.strictSame(importers(target => target.endsWith('.ts') && !MAY_USE.test(target), /^(?!mcp\/)/), [],
    'the tools for agents read the contract, and call the emulator by requests')
  t.strictSame(importers(target => target.startsWith('mcp/'), /^(?:mcp\/|control\/mcp\.ts$|commands\/mcp\.ts$|cli\.ts$)/), [],
    'only the two entrances know the tools for agents')

  t.strictSame(importers(target => /^(?:cli|index|handler|redirect)\.ts$/.test(target), /^$/), [], 'no file imports the entry points')

  t.strictSame(written.find(({ name }) => name === 'redirect.ts')?.imports, [],
    'the redirect is loaded into the programs of others: it brings nothing of the emulator with it')

  t.strictSame(importers(target => target === 'emulator.ts', /^(?:cli|handler|start)\.ts$/), [],
    'only the entrances know the composition root')
})

t.test('no file outside of a resource names the resource', async t => {
  const resource = (target: string) => /^resources\//.test(target) && !/^resources\/(?:all|resource|stores)\.ts$/.test(target)
  t.strictSame(importers(resource, /^(?!(?:fixtures|control)\/)/), [], 'fixtures/ and control/ use declarations, not resources')
  const lists = new Set(fixturesParts.flatMap(([list, { inside }]) => [list, ...Object.keys(inside ?? {})]))
  t.ok(lists.has('payments') && lists.has('refunds'), 'the lists are found')
  lists.delete('files') // of an entitlement; in fixtures/ the word means fixtures files
  const namesList = (node: ts.Node) =>
    (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && lists.has(node.text) && !ts.isImportDeclaration(node.parent)
  t.strictSame(places(namesList, /^(?!fixtures\/|control\/fixtures\.ts$)/), [], 'and no list of a fixtures file')
})

t.test('code does only what its folder may do', async t => {
  const calls = (node: ts.Node, callee: RegExp) => ts.isCallExpression(node) && callee.test(node.expression.getText())
  const CLOCK = /^sandbox\/(?:clock|ids)\.ts$/

  const SENSES = /^(?:Date\.now|Math\.random|performance\.now|process\.hrtime(?:\.bigint)?)$/
  t.strictSame(places(node => calls(node, SENSES), CLOCK), [],
    'time and chance come from the clock and the ids')
  t.strictSame(places(node => ts.isNewExpression(node) && /^new Date(?:\(\))?$/.test(node.getText()), CLOCK), [],
    'a new Date() is the time too')
  // The redirect wraps the calls of the program that loads it, and reads the target from that program's environment.
  const MAY_CALL = /^(?:compare\/side|delivery\/post|redirect)\.ts$/
  t.strictSame(places(node => calls(node, /^(?:(?:globalThis\.)?fetch|https?\.(?:request|get))$/), MAY_CALL), [],
    'only delivery/, the redirect and the comparison with an account call out')
  t.strictSame(places(node => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env',
    /^(?:cli\.ts|redirect\.ts|runners\/(?:vitest|jest|playwright|testcontainers)\.ts)$/), [],
  'the environment is read by the command, the redirect, and the modules for test runners')
  t.strictSame(places(node => calls(node, /^process\.exit$/)), [], 'no other code ends the process')
  const ELSEWHERE = /^(?!resources\/|rules\/|store\/)|^resources\/[^/]+\/dashboard(?:\.ts$|\/)/
  t.strictSame(places(node => ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword, ELSEWHERE), [],
    'handlers, rules and stores are synchronous')
  const isError = (node: ts.ClassLikeDeclaration) =>
    node.heritageClauses?.some(clause => /^extends \w*Error$/.test(clause.getText())) === true
  t.strictSame(places(node => ts.isClassLike(node) && !isError(node)), [], 'classes are for errors only')
})

t.test('links of the dashboard are made by pageOf() and pathOf()', async t => {
  const PATH = /\/dashboard\/(?!changes\b)[a-z]/
  const isText = (node: ts.Node) => ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)
  const isImported = ({ parent }: ts.Node) => ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) ||
    (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword)
  t.strictSame(places(node => isText(node) && !isImported(node) && PATH.test(node.getText()), /^pages\/dashboard\/links\.ts$/), [])
})

t.test('common refusals are made in errors.ts', async t => {
  const ELSEWHERE = /^errors\.ts$/
  const cause = (node: ts.Node, code: string): Map<string, string> | null => {
    if (!ts.isNewExpression(node) || node.expression.getText() !== 'ApiError') return null
    const [first, second] = node.arguments ?? []
    if (first?.getText() !== `'${code}'` || second === undefined || !ts.isObjectLiteralExpression(second)) return null
    return new Map(second.properties.map(property => [property.name?.getText() ?? '', property.getText()]))
  }
  t.strictSame(places(node => {
    const given = cause(node, 'INVALID_REQUEST_PARAMETERS')
    return given?.size === 2 && given.has('path') && given.has('message')
  }, ELSEWHERE), [], 'a value that breaks a rule: invalid()')
  t.strictSame(places(node => /`there is no [\w ]+ \$\{[^}]*\}`$/.test(cause(node, 'NOT_FOUND')?.get('because') ?? '') &&
    cause(node, 'NOT_FOUND')?.has('path') === true, ELSEWHERE), [], 'an id in the path: notFound()')
  t.strictSame(places(node => ts.isCallExpression(node) && node.expression.getText() === 'invalid' &&
    / \$\{[^}]*\} does not exist`\)$/.test(node.getText()), ELSEWHERE), [], 'an id in the body: doesNotExist()')
  t.strictSame(places(node => ['INVALID_QUERY_PARAMS', 'INVALID_REQUEST_BODY'].some(code =>
    /^violations: \[\{ path\b/.test(cause(node, code)?.get('violations') ?? '') && cause(node, code)?.has('because')), ELSEWHERE), [],
  'one violation of the query or the body: invalidQuery(), invalidBody()')
  t.strictSame(places(node => (ts.isStringLiteral(node) || ts.isTemplateExpression(node)) &&
    /must be an RFC 3339 time, such as/.test(node.getText()), /^rules\/calendar\.ts$/), [], 'a text that is no time: MUST_BE_A_TIME')
})

t.test('types are honest', async t => {
  t.strictSame(places(node => node.kind === ts.SyntaxKind.AnyKeyword), [], 'no any')
  for (const { name, text } of written) t.notMatch(text, /@ts-(?:ignore|expect-error|nocheck)|eslint-disable/, name)
})

t.test('imports form no circles', async t => {
  const names = new Set(sources.map(({ name }) => name))
  const values = new Map(sources.map(({ name, imports }) =>
    [name, imports.filter(({ target, isType }) => !isType && names.has(target)).map(({ target }) => target)]))
  const done = new Set<string>()
  const cycles: string[] = []
  const follow = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name)
    if (start >= 0) cycles.push([...trail.slice(start), name].join(' -> '))
    if (start >= 0 || done.has(name)) return
    for (const target of values.get(name) ?? []) follow(target, [...trail, name])
    done.add(name)
  }
  for (const { name } of sources) follow(name, [])
  t.strictSame(cycles, [], 'types aside')
  const all = new Map(sources.map(({ name, imports }) => [name, imports.map(({ target }) => target).filter(name => names.has(name))]))
  const across = circles(all).filter(circle => new Set(circle.map(name => dirname(name))).size > 1)
  t.strictSame(across, [], 'with types: only files of one folder import each other')
  const isLost = (target: string) => target.endsWith('.ts') && !target.startsWith('vendor/') && !names.has(target)
  t.strictSame(importers(isLost, /^$/), [], 'every import was found')
})

/** The groups of files that reach each other by imports (strongly connected components of more than one file). */
function circles (imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const importers = new Map<string, string[]>()
  for (const [name, targets] of imports) for (const target of targets) importers.set(target, [...importers.get(target) ?? [], name])
  const walk = (edges: ReadonlyMap<string, readonly string[]>, name: string, seen: Set<string>, left: string[]): void => {
    if (seen.has(name)) return
    seen.add(name)
    for (const next of edges.get(name) ?? []) walk(edges, next, seen, left)
    left.push(name)
  }
  const order: string[] = []
  const visited = new Set<string>()
  for (const name of imports.keys()) walk(imports, name, visited, order)
  const grouped = new Set<string>()
  const groups = order.reverse().map(name => {
    const group: string[] = []
    walk(importers, name, grouped, group)
    return group
  })
  return groups.filter(group => group.length > 1)
}

t.test('files are short, and say what they own', async t => {
  const wide: string[] = []
  for (const { name, text } of written) {
    const lines = text.split('\n')
    t.ok(lines.length - 1 <= LINES_MAX, `${name} has ${lines.length - 1} lines`)
    t.match(text.replace(/^#!.*\n/, ''), /^\/\*\*[\s*]+[A-Z/`][\s\S]{20,}?\*\//, `${name} begins with a doc comment`)
    wide.push(...lines.flatMap((line, index) => [...line].length > COLUMNS_MAX ? [`${name}:${index + 1}`] : []))
  }
  t.strictSame(wide, [], `no line has more than ${COLUMNS_MAX} columns`)
})

t.test('functions are short', async t => {
  const long = written.flatMap(({ name, tree }) => functionsIn(tree).filter(({ lines }) => lines > FUNCTION_LINES_MAX)
    .map(long => `${name} ${long.name}`))
  t.strictSame(long, [], `no function of src/ has more than ${FUNCTION_LINES_MAX} lines`)
  const longTests = tests.flatMap(({ name, tree }) => functionsIn(tree).filter(({ ownLines }) => ownLines > OWN_LINES_MAX)
    .map(long => `${name} ${long.name}`))
  t.strictSame(longTests, [], `no function of test/ has more than ${OWN_LINES_MAX} lines of its own`)
})

interface Measured {
  /** The name it is declared with or, for a callback, its line. */
  name: string
  lines: number
  ownLines: number
}

function functionsIn (tree: ts.SourceFile): Measured[] {
  const lineOf = (position: number) => tree.getLineAndCharacterOfPosition(position).line
  const linesOf = (node: ts.Node) => lineOf(node.end) - lineOf(node.getStart()) + 1
  const found: Measured[] = []
  /** Returns the number of lines that the functions inside a node take up. */
  const measure = (node: ts.Node): number => {
    let inner = 0
    ts.forEachChild(node, child => { inner += measure(child) })
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return inner
    const lines = linesOf(node)
    const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined)
    found.push({ name: named?.getText() ?? `:${lineOf(node.getStart()) + 1}`, lines, ownLines: lines - inner })
    return Math.max(0, lines - 2)
  }
  measure(tree)
  return found
}

t.test('test files are short', async t => {
  const long = tests.filter(({ text }) => text.split('\n').length - 1 > LINES_MAX).map(({ name }) => name)
  t.strictSame(long, [], `no file of test/ has more than ${LINES_MAX} lines`)
})

t.test('every file of test/ is a test file or is imported by one', async t => {
  const imported = new Set(tests.flatMap(({ imports }) => imports.map(({ target }) => target)))
  t.ok(imported.has('helper.ts'), 'imports are found')
  const isRead = (name: string) => /\.(?:test|d)\.ts$/.test(name) || imported.has(name)
  t.strictSame(tests.map(({ name }) => name).filter(name => !isRead(name)), [])
})
