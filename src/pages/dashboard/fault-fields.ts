/** The form of one fault, with every field that the control API knows. The style sheet shows those that go with its kind. */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'
import { KIND_WORDS } from './fault-words.js'
import { areaField, choiceField, form, submit, textField, typed } from './fields.js'
import type { Sheet } from './form.js'

type Options = ReadonlyArray<readonly [value: string, label: string]>

export function addedRule (sheet: Sheet, operations: Options): Fragment {
  return form(sheet, html`<div class="fault-form sheet">
!${choiceField(sheet, { name: 'kind', label: 'What happens', value: 'error', options: KIND_WORDS, isRequired: true })}
<div class="of-error pair">
!${number(sheet, 'status', 'Status', '500')}
!${textField(sheet, { name: 'code', label: 'Error code', placeholder: 'the one of the status' })}
</div>
<div class="of-error sheet">
!${textField(sheet, { name: 'message', label: 'Message' })}
!${areaField(sheet, {
    name: 'headers', label: 'Headers', rows: 2, isCode: true, hint: 'One on each line, such as retry-after: 5'
  })}
</div>
<div class="of-limit">!${number(sheet, 'retry_after', 'Retry after, in seconds', '1')}</div>
<div class="of-slow pair">!${number(sheet, 'bytes', 'Bytes at a time', '16')}
!${number(sheet, 'interval_ms', 'Every so many ms', '100')}</div>
<div class="of-moment">!${choiceField(sheet, {
    name: 'when',
    label: 'When',
    options: [['', 'before the call does anything'], ['after', 'after the change is made and stored']],
    isRequired: true
  })}</div>
!${delayFields(sheet)}
!${choiceField(sheet, { name: 'operation', label: 'Which calls', value: '*', options: operations, isRequired: true })}
<div class="pair">
!${textField(sheet, { name: 'count', label: 'For how many', inputmode: 'numeric', placeholder: 'until deleted' })}
!${textField(sheet, { name: 'probability', label: 'Probability', inputmode: 'decimal', placeholder: '1, which is every call' })}
</div></div>
<div class="row">!${submit('Add the rule')}</div>`)
}

function number (sheet: Sheet, name: string, label: string, placeholder: string): Fragment {
  return textField(sheet, { name, label, inputmode: 'numeric', placeholder })
}

const DELAYS: Options = [
  ['', 'not at all'],
  ['fixed', 'for so long'],
  ['between', 'for something between'],
  ['spread', 'as latencies are'],
  ['list', 'one length after the other']
]

/** The API knows one delay of several forms: what it has against it is told where it was typed. */
function delayFields (sheet: Sheet): Fragment {
  const isFixed = typed(sheet, 'delay', '') === 'fixed'
  return html`!${choiceField(sheet, {
    name: 'delay', at: isFixed ? 'delay' : 'delay_ms', label: 'Wait first', options: DELAYS, isRequired: true
  })}
<div class="of-fixed">!${delay(sheet, 'ms', isFixed ? 'delay_ms' : 'delay_ms.ms', 'Milliseconds')}</div>
<div class="of-between pair">!${delay(sheet, 'min', 'delay_ms.min', 'At least, in ms')}
!${delay(sheet, 'max', 'delay_ms.max', 'At most, in ms')}</div>
<div class="of-spread pair">!${delay(sheet, 'p50', 'delay_ms.p50', 'Half of them below, in ms')}
!${delay(sheet, 'p99', 'delay_ms.p99', '99 of 100 below, in ms')}</div>
<div class="of-list">!${textField(sheet, {
    name: 'list', at: 'delay_ms.list', label: 'Milliseconds, one after the other', placeholder: '0, 0, 5000'
  })}</div>`
}

function delay (sheet: Sheet, name: string, at: string, label: string): Fragment {
  return textField(sheet, { name, at, label, inputmode: 'numeric' })
}
