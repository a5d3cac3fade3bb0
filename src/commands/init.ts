/** The command `init`: writes a configuration file with every option as a comment, and a catalog to start from. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { OPTIONS } from '../config/config.js'
import { SetupError } from '../errors.js'
import { argument } from './arguments.js'
import { CONFIG_NAMES } from './config-file.js'
import type { Tools } from './tools.js'

/** `write` is passed in, as everything that changes this computer. */
export function addInit (program: Command, { show }: Tools, write: typeof writeConfig): void {
  program.command('init').description('write a configuration file with comments and a catalog to start from')
    .addArgument(argument('[file]', 'the file, which ends in .yaml, .yml or .json', fileName)
      .default(CONFIG_NAMES[0]))
    .option('--force', 'replace the file if it exists')
    .action(async (file: string, { force = false }: { force?: boolean }) => {
      await write(resolve(file), force)
      show({ file }, () => `wrote ${file}: change it, and run npx dodo-emulator start`)
    })
}

/** A name that ends as one of the formats with comments, or as JSON. */
function fileName (text: string): string {
  if (['.yaml', '.yml', '.json'].includes(extname(text))) return text
  throw new SetupError('must end in .yaml, .yml or .json')
}

/** Throws a SetupError if the file exists, unless `force` is set. */
export async function writeConfig (path: string, force: boolean): Promise<void> {
  const ending = extname(path)
  const other = CONFIG_NAMES.find(name => name !== basename(path) && existsSync(join(dirname(path), name)))
  if (other !== undefined && CONFIG_NAMES.includes(basename(path))) {
    throw new SetupError(`${join(dirname(path), other)} exists, and a folder can have one configuration file: remove it first`)
  }
  try {
    await writeFile(path, ending === '.json' ? jsonText() : yamlText(), { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new SetupError(`${path} already exists: replace it with --force, or choose another name`)
  }
}

const SCHEMA = 'node_modules/dodo-emulator/fixtures/config.schema.gen.json'

/** The catalog as text, because the comments belong to it. */
const CATALOG = `# The data of a new database, as in a fixtures file (docs/how-to/your-own-data.md), or the name of such a file:
# fixtures: shop.yaml
fixtures:
  products:
    - product_id: pdt_ebook
      name: E-book
      tax_category: digital_products
      price: { type: one_time_price, currency: USD, price: 1900 } # in cents
    - product_id: pdt_pro_monthly
      name: Pro, monthly
      tax_category: saas
      price:
        type: recurring_price
        currency: USD
        price: 2900
        payment_frequency_interval: Month
        payment_frequency_count: 1
        subscription_period_interval: Year
        subscription_period_count: 10
  customers:
    - customer_id: cus_ada
      name: Ada Lovelace
      email: ada@example.com
      payment_methods:
        - test_card: 4242 4242 4242 4242
  discounts:
    - { code: WELCOME, type: percentage, amount: 1000 } # 10%
`

const CATALOG_JSON = {
  products: [{
    product_id: 'pdt_ebook',
    name: 'E-book',
    tax_category: 'digital_products',
    price: { type: 'one_time_price', currency: 'USD', price: 1900 }
  }],
  customers: [{ customer_id: 'cus_ada', name: 'Ada Lovelace', email: 'ada@example.com' }]
}

function yamlText (): string {
  const options = Object.entries(OPTIONS).filter(([name]) => name !== 'fixtures').map(([name, { about, fallback, value }]) =>
    `# ${about}.\n# ${name}: ${sample(fallback, value)}\n`)
  return `# yaml-language-server: $schema=${SCHEMA}
# The configuration of dodo-emulator. Flags and environment variables win over this file, and relative paths are relative to it.
# npx dodo-emulator start --print-config prints the options that apply.

${CATALOG}
${options.join('\n')}`
}

/** The default, or a placeholder, in quotes where YAML would read it as something else than the text. */
function sample (fallback: string | null, placeholder: string): string {
  if (fallback === null || fallback === '') return `'${placeholder}'`
  return /^[\w./]+$/.test(fallback) && !/^(?:on|off)$/.test(fallback) ? fallback : `'${fallback}'`
}

/** JSON has no comments. */
function jsonText (): string {
  return `${JSON.stringify({ $schema: `./${SCHEMA}`, fixtures: CATALOG_JSON }, null, 2)}\n`
}
