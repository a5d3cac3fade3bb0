// The webhook events and their payload types, read from src/delivery/catalogue.ts as the tests of it compile it: as source.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** With `import`, Node.js would first search its nine megabytes for exports. */
const ts = createRequire(import.meta.url)('typescript')

/** `{ schemas: { Dispute: 'GetDisputeResponse' }, types: { 'dispute.opened': 'Dispute' } }` */
export function catalogue () {
  const source = ts.createSourceFile('catalogue.ts', readFileSync('src/delivery/catalogue.ts', 'utf8'), ts.ScriptTarget.Latest, true)
  return { schemas: entriesOf(source, 'PAYLOAD_SCHEMAS'), types: entriesOf(source, 'PAYLOAD_TYPES') }
}

function entriesOf (source, name) {
  let found
  const visit = node => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) found = literalIn(node.initializer)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return Object.fromEntries(found.properties.map(({ name, initializer }) => [name.text, initializer.text]))
}

function literalIn (node) {
  return ts.isObjectLiteralExpression(node) ? node : literalIn(node.expression)
}
