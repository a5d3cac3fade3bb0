// Generates the type of the messages from messages/en.json: the names of the values in each message.
import { readFileSync } from 'node:fs'

export function messages () {
  const english = JSON.parse(readFileSync('messages/en.json', 'utf8'))
  const lines = Object.entries(english).map(([key, message]) => {
    const texts = typeof message === 'string' ? [message] : Object.values(message)
    const names = new Set(texts.flatMap(text => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)))
    if (typeof message !== 'string') names.add('count')
    return `  '${key}': ${names.size === 0 ? 'never' : [...names].map(name => `'${name}'`).join(' | ')}`
  })
  const content = `/** The messages of hosted pages, each with the names of its values. Generated from messages/en.json. */
export interface Messages {
${lines.join('\n')}
}
`
  return [{ path: 'src/messages/messages.gen.ts', content }]
}
