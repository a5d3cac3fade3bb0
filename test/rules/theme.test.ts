/** Values that may reach a style sheet: colours, lengths and weights, but nothing that ends a declaration. */
import fc from 'fast-check'
import t from 'tap'
import { themeStyle } from '../../src/pages/checkout/session/theme.js'
import { checkLanguage, checkTheme, isColour, isLength } from '../../src/rules/theme.js'

const RUNS = { seed: 20_260_901, numRuns: 2000 }

t.test('accepts colours and refuses the rest', async t => {
  for (const text of [
    '#fff', '#FFFF', '#123abc', '#123abcde', 'navy', 'Transparent', 'rgb(1,2,3)', 'rgba(1, 2, 3, 0.5)', 'rgb(10% 20% 30% / 40%)', 'hsl(120 50% 50%)',
    'hwb(1deg 2% 3%)', 'lab(50% -20 30)', 'oklch(.7 0.1 200)'
  ]) t.ok(isColour(text), text)
  for (const text of [
    '', '#12', '#12345', 'notacolour', 'rgb(1,2)', 'rgb(1,2,3,4,5)', 'rgb(,,)', 'rgb(1,2,3);', 'red;', 'red}', 'url(x)', 'var(--a)', 'rgb(calc(1),2,3)',
    '#fff\n', ' #fff', 'inherit', 'currentcolor /* */', `rgb(${'1'.repeat(99)},2,3)`
  ]) t.notOk(isColour(text), text)
})

t.test('accepts lengths and refuses the rest', async t => {
  for (const text of ['0', '8px', '0.5rem', '50%', '1.25em']) t.ok(isLength(text), text)
  for (const text of ['', '8', '-8px', '8px 4px', '1e3px', '8px;', 'calc(1px)', '9999px', 'var(--r)']) t.notOk(isLength(text), text)
})

t.test('accepts languages and refuses the rest', async t => {
  for (const tag of ['en', 'pt-BR', 'zh_Hant', 'zh-Hant-TW']) checkLanguage(tag, 'x')
  for (const tag of ['', 'e', 'english!', 'en-', '"']) t.throws(() => { checkLanguage(tag, 'x') }, { code: 'INVALID_REQUEST_PARAMETERS' }, tag)
})

t.test('writes only our own declarations for any stored theme', async t => {
  const line = /^(?:@media \(prefers-color-scheme: (?:light|dark)\) \{ )?:root[^{}]* \{(?: (?:--[a-z-]+|font-size): [^;{}]+;| )* ?\}(?: \})?$/
  fc.assert(fc.property(fc.string(), fc.string(), (colour, length) => {
    const config = { light: { bg_primary: colour }, dark: { text_error: `${colour};}` }, radius: length, font_size: length, font_weight: colour }
    return themeStyle(config).trim().split('\n').every(text => line.test(text))
  }), RUNS)
  const style = themeStyle({ light: { bg_primary: '#fff' }, radius: '4px', font_size: 'sm', font_weight: 'medium' })
  t.match(style, '--radius: 4px; --weight: 500; font-size: 87.5%;')
  t.match(style, ':root[data-theme=light] { --ground: #fff; }')
  t.doesNotThrow(() => { checkTheme({}, 'theme') })
})
