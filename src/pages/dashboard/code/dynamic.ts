/** Calls of the API as code for clients whose arguments are plain literals: JavaScript, Python, Ruby and PHP. Pure. */
import { camelCase, membersOf, withCapitals, type SampleCall } from './call.js'
import { typedBody, type Typed } from './shape.js'
import {
  BASIC_ESCAPES, bracedEscape, dynamicLiteral, enclose, onLines, textLiteral, utf16Escape, wideEscape, type DynamicLanguage
} from './text.js'

const SINGLE = { quote: "'", named: { ...BASIC_ESCAPES, "'": "\\'", '\b': '\\b', '\f': '\\f' } }

const JAVASCRIPT: DynamicLanguage = {
  text: text => textLiteral(text, { ...SINGLE, point: utf16Escape }),
  // Only a computed key of this name does not set the prototype.
  key: key => `${key === '__proto__' ? "['__proto__']" : /^[A-Za-z_$][\w$]*$/.test(key) ? key : JAVASCRIPT.text(key)}: `,
  words: { null: 'null', true: 'true', false: 'false' },
  object: ['{', '}'],
  indent: '  ',
  space: ' '
}

/** A module for Node.js. */
export function javascriptProgram ({ baseUrl, apiKey, resource, result, prints, body }: SampleCall): string {
  return `import DodoPayments from 'dodopayments'

const client = new DodoPayments({
  baseURL: ${JAVASCRIPT.text(baseUrl)},
  bearerToken: ${JAVASCRIPT.text(apiKey)}
})

const ${result} = await client.${camelCase(resource)}.create(${dynamicLiteral(body, JAVASCRIPT, 0)})

console.log(${prints.map(name => `${result}.${name}`).join(', ')})
`
}

const PYTHON: DynamicLanguage = {
  text: text => textLiteral(text, { ...SINGLE, point: wideEscape }),
  key: key => `${PYTHON.text(key)}: `,
  words: { null: 'None', true: 'True', false: 'False' },
  object: ['{', '}'],
  indent: '    ',
  comma: ','
}

export function pythonProgram ({ baseUrl, apiKey, resource, result, prints, body }: SampleCall): string {
  const given = membersOf(body).map(([name, value]) => `    ${name}=${dynamicLiteral(value, PYTHON, 1)},\n`)
  return `from dodopayments import DodoPayments

client = DodoPayments(
    base_url=${PYTHON.text(baseUrl)},
    bearer_token=${PYTHON.text(apiKey)},
)

${result} = client.${resource}.create(
${given.join('')})

print(${prints.map(name => `${result}.${name}`).join(', ')})
`
}

const RUBY: DynamicLanguage = {
  text: text => textLiteral(text, {
    quote: '"', named: { ...BASIC_ESCAPES, '"': '\\"', '#': '\\#' }, point: bracedEscape
  }).replace(/\\#(?![{$@])/g, '#'),
  key: key => `${/^[A-Za-z_]\w*$/.test(key) ? key : RUBY.text(key)}: `,
  words: { null: 'nil', true: 'true', false: 'false' },
  object: ['{', '}'],
  indent: '  '
}

export function rubyProgram ({ baseUrl, apiKey, resource, result, prints, body }: SampleCall): string {
  const given = membersOf(body).map(([name, value]) => RUBY.key(name) + dynamicLiteral(value, RUBY, 1))
  return `require "dodopayments"

client = Dodopayments::Client.new(
  base_url: ${RUBY.text(baseUrl)},
  bearer_token: ${RUBY.text(apiKey)}
)

${result} = client.${resource}.create(${onLines('', given, '', 0, RUBY)})

puts(${prints.map(name => `${result}.${name}`).join(', ')})
`
}

const phpName = (name: string) => withCapitals(camelCase(name), ['ID', 'URL', '3DS'])

const PHP: DynamicLanguage = {
  // Between single quotes, PHP has no other escapes.
  text (text) {
    const plain = textLiteral(text, { quote: "'", named: { '\\': '\\\\', "'": "\\'" }, point: bracedEscape })
    const escaped = { quote: '"', named: { ...BASIC_ESCAPES, '"': '\\"', $: '\\$' }, point: bracedEscape }
    return /[\p{C}\p{Zl}\p{Zp}]/u.test(text) ? textLiteral(text, escaped) : plain
  },
  key: key => `${PHP.text(key)} => `,
  words: { null: 'null', true: 'true', false: 'false' },
  object: ['[', ']'],
  indent: '  ',
  comma: ','
}

export function phpProgram ({ baseUrl, apiKey, path, resource, result, prints, body }: SampleCall): string {
  const given = typedBody(path, body).members.map(({ name, value }) => `${phpName(name)}: ${phpLiteral(value, 1)}`)
  return `<?php

require_once __DIR__ . '/vendor/autoload.php';

use Dodopayments\\Client;

$client = new Client(
  bearerToken: ${PHP.text(apiKey)},
  baseUrl: ${PHP.text(baseUrl)},
);

$${result} = $client->${camelCase(resource)}->create(${onLines('', given, '', 0, PHP)});

echo ${prints.map(name => `$${result}->${phpName(name)}`).join(", ' ', ")}, PHP_EOL;
`
}

/** The names of declared members follow PHP. The keys of a map stay as they are. */
function phpLiteral (value: Typed, depth: number): string {
  if (value.kind === 'null') return PHP.words.null
  if (value.kind === 'list') return enclose('[', value.items.map(item => phpLiteral(item, depth + 1)), ']', depth, PHP)
  if (value.kind !== 'object') return dynamicLiteral(value.value, PHP, depth)
  const members = value.members.map(({ name, value }) => `'${phpName(name)}' => ${phpLiteral(value, depth + 1)}`)
  return enclose('[', members, ']', depth, PHP)
}
