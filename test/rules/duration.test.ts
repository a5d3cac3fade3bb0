import t from 'tap'
import { parseDuration } from '../../src/rules/duration.js'

t.test('reads durations as milliseconds', async t => {
  const cases: Array<[text: string, ms: number]> = [
    ['0s', 0], ['500ms', 500], ['1s', 1000], ['30s', 30_000], ['15m', 900_000], ['24h', 86_400_000],
    ['7d', 604_800_000], ['007d', 604_800_000], [' 30s\n', 30_000],
    ['999999999ms', 999_999_999], ['2592000000ms', 2_592_000_000], ['3155760000000ms', 3_155_760_000_000]
  ]
  for (const [text, ms] of cases) t.equal(parseDuration(text), ms, JSON.stringify(text))
})

t.test('rejects text that is not a duration', async t => {
  const texts = ['', ' ', '30', 's', '1.5h', '-1s', '+1s', '1e3s', '1 s', '1S', '1H', '1w', '1y', '1min', '1h30m', '٣s', '1000000000s', '10000000000000ms', 'Infinitys',
    'PT1H', '1s;']
  for (const text of texts) t.equal(parseDuration(text), null, JSON.stringify(text))
})
