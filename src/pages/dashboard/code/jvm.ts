/** Calls of the API as code for the official clients of Java and Kotlin, which have the same builders. Pure. */
import { camelCase, isList, membersOf, singular, type Json, type SampleCall } from './call.js'
import { typedBody, type Typed, type TypedObject, type TypeName } from './shape.js'
import { BASIC_ESCAPES, textLiteral, utf16Escape, type TextStyle } from './text.js'

interface JvmLanguage {
  text: TextStyle
  list: string
  /** A map of up to any number of pairs. */
  map (pairs: ReadonlyArray<readonly [key: string, value: string]>): string
  long: string
}

const JAVA: JvmLanguage = {
  text: { quote: '"', named: { ...BASIC_ESCAPES, '"': '\\"' }, point: utf16Escape },
  list: 'List.of',
  map: pairs => `Map.ofEntries(${pairs.map(([key, value]) => `Map.entry(${key}, ${value})`).join(', ')})`,
  long: 'L'
}

const KOTLIN: JvmLanguage = {
  text: { quote: '"', named: { ...BASIC_ESCAPES, '"': '\\"', $: '\\$' }, point: utf16Escape },
  list: 'listOf',
  map: pairs => `mapOf(${pairs.map(([key, value]) => `${key} to ${value}`).join(', ')})`,
  long: 'L'
}

const PACKAGES = ['checkoutsessions', 'misc', 'payments', 'subscriptions'].map(name => `com.dodopayments.api.models.${name}.*`)
const CLIENT_IMPORTS = ['client.DodoPaymentsClient', 'client.okhttp.DodoPaymentsOkHttpClient', 'core.JsonValue']
  .map(name => `com.dodopayments.api.${name}`)

export function javaProgram (call: SampleCall): string {
  const { baseUrl, apiKey, resource, result, prints } = call
  const imports = [...CLIENT_IMPORTS, ...PACKAGES, 'java.util.List', 'java.util.Map'].map(name => `import ${name};\n`)
  return `${imports.join('')}
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        DodoPaymentsClient client = DodoPaymentsOkHttpClient.builder()
            .baseUrl(${textLiteral(baseUrl, JAVA.text)})
            .bearerToken(${textLiteral(apiKey, JAVA.text)})
            .build();

        ${paramsType(call)} params = ${params(call, JAVA, 2)};
        var ${result} = client.${camelCase(resource)}().create(params);

        System.out.println(${prints.map(name => `${result}.${camelCase(name)}()`).join(' + " " + ')});
    }
}
`
}

export function kotlinProgram (call: SampleCall): string {
  const { baseUrl, apiKey, resource, result, prints } = call
  const imports = [...CLIENT_IMPORTS, ...PACKAGES].map(name => `import ${name}\n`)
  return `${imports.join('')}
fun main() {
    val client: DodoPaymentsClient = DodoPaymentsOkHttpClient.builder()
        .baseUrl(${textLiteral(baseUrl, KOTLIN.text)})
        .bearerToken(${textLiteral(apiKey, KOTLIN.text)})
        .build()

    val params: ${paramsType(call)} = ${params(call, KOTLIN, 1)}
    val ${result} = client.${camelCase(resource)}().create(params)

    println(listOf(${prints.map(name => `${result}.${camelCase(name)}()`).join(', ')}).joinToString(" "))
}
`
}

function paramsType ({ resource, model }: SampleCall): string {
  return model ?? `${singular(resource)}CreateParams`
}

function params (call: SampleCall, language: JvmLanguage, depth: number): string {
  const typed = typedBody(call.path, call.body)
  return builder(paramsType(call), typed, language, depth, call.model === undefined ? 'putAdditionalBodyProperty' : undefined)
}

function builder (
  type: string, { members }: TypedObject, language: JvmLanguage, depth: number, putOther = 'putAdditionalProperty'
): string {
  const line = `\n${'    '.repeat(depth + 1)}`
  const calls = members.map(({ name, value }) => value.kind === 'any'
    ? `.${putOther}(${textLiteral(name, language.text)}, JsonValue.from(${plain(value.value, language)}))`
    : `.${camelCase(name)}(${literal(value, language, depth + 1)})`)
  return `${type}.builder()${[...calls, '.build()'].map(call => line + call).join('')}`
}

function literal (value: Typed, language: JvmLanguage, depth: number): string {
  switch (value.kind) {
    case 'enum': return `${typeName(value.type)}.of(${textLiteral(value.value, language.text)})`
    case 'object': return builder(typeName(value.type), value, language, depth)
    case 'map': return `JsonValue.from(${plain(value.value, language)})`
    case 'null': return 'JsonValue.from(null)'
    case 'list': {
      const items = value.items.map(item => literal(item, language, depth + 1))
      const line = `\n${'    '.repeat(depth + 1)}`
      const isLong = value.items.some(({ kind }) => kind === 'object')
      return `${language.list}(${isLong ? items.map(item => line + item).join(',') : items.join(', ')})`
    }
    default: return plain(value.value, language)
  }
}

function typeName ({ name, nested }: TypeName): string {
  return nested === null ? name : `${name}.${nested}`
}

function plain (value: Json, language: JvmLanguage): string {
  if (typeof value === 'string') return textLiteral(value, language.text)
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) > 0x7fffffff) return `${value}${language.long}`
  if (value === null || typeof value !== 'object') return String(value)
  if (isList(value)) return `${language.list}(${value.map(item => inside(item, language)).join(', ')})`
  const pairs = membersOf(value)
  return language.map(pairs.map(([key, member]) => [textLiteral(key, language.text), inside(member, language)] as const))
}

/** A value in a list or a map. Those of Java do not hold null. */
function inside (value: Json, language: JvmLanguage): string {
  return value === null ? 'JsonValue.from(null)' : plain(value, language)
}
