/**
 * Calls of the API as code for the official client of Rust. Its models are read from the request as JSON, because they have
 * neither builders nor defaults. Pure.
 */
import { pascalCase, singular, type JsonObject, type SampleCall } from './call.js'
import { typedBody, type Typed, type TypedObject } from './shape.js'
import { BASIC_ESCAPES, bracedEscape, spelledJson, textLiteral } from './text.js'

export function rustProgram ({ baseUrl, apiKey, path, resource, model, result, prints, body }: SampleCall): string {
  const shown = prints.map(name => `${result}.${name}`)
  const isTyped = isExact(typedBody(path, body))
  const response = `${singular(resource)}${model === undefined ? 'Create' : ''}Response`
  const call = isTyped
    ? `let ${result} = client.${resource}().create().body(body).await?;`
    : `// The models of the client send null for what is missing, which the API refuses for some members of this request.
    let request = client.request(reqwest::Method::POST, ${text(path)}).json(&body);
    let ${result}: ${response} = client.send(request).await?.error_for_status()?.json().await?;`
  return `use dodopayments::models::*;
use dodopayments::{Client, ClientConfig};

#[tokio::main]
async fn main() -> dodopayments::Result<()> {
    let client = Client::new(ClientConfig::new(${text(baseUrl)}).with_api_key(${text(apiKey)}))?;
    let body: ${isTyped ? `${pascalCase(resource)}CreateParams` : 'serde_json::Value'} = serde_json::from_str(${rawJson(body)})?;
    ${call}
    println!("${shown.map(() => '{:?}').join(' ')}", ${shown.join(', ')});
    Ok(())
}
`
}

function text (value: string): string {
  return textLiteral(value, { quote: '"', named: { ...BASIC_ESCAPES, '"': '\\"' }, point: bracedEscape })
}

/** A raw string. It ends at a quotation mark with as many `#` as at its begin. */
function rawJson (body: JsonObject): string {
  const json = spelledJson(body)
  const longest = Math.max(0, ...Array.from(json.matchAll(/"(#+)/g), ([, marks = '']) => marks.length))
  const marks = '#'.repeat(longest + 1)
  return `r${marks}"${json.replaceAll('\n', '\n    ')}"${marks}`
}

/** Whether the models of the client send the request as it is. They omit only missing members of the body itself. */
function isExact ({ members }: TypedObject): boolean {
  return members.every(({ value, isNewer }) => !isNewer && isExactValue(value))
}

function isExactValue (value: Typed): boolean {
  if (value.kind === 'any') return false
  if (value.kind === 'list') return value.items.every(isExactValue)
  return value.kind !== 'object' || (!value.hasGaps && isExact(value))
}
