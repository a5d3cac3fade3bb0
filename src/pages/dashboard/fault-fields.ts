/** The form of one fault, with every field that the control API knows. The style sheet shows those that go with its kind. */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'
import { KIND_WORDS } from './fault-words.js'
import { areaField, choiceField, form, submit, textField, typed } from './fields.js'
import type { FormState } from './form.js'

type Options = ReadonlyArray<readonly [value: string, label: string]>

export function addedRule (formState: FormState, operations: Options): Fragment {
  return form(formState, html`<div class="fault-form sheet">
!${choiceField(formState, { name: 'kind', label: 'What happens', value: 'error', options: KIND_WORDS, isRequired: true })}
<div class="of-error pair">
!${number(formState, 'status', 'Status', '500')}
!${textField(formState, { name: 'code', label: 'Error code', placeholder: 'the one of the status' })}
</div>
<div class="of-error sheet">
!${textField(formState, { name: 'message', label: 'Message' })}
!${areaField(formState, {
    name: 'headers', label: 'Headers', rows: 2, isCode: true, hint: 'One on each line, such as retry-after: 5'
  })}
</div>
<div class="of-limit">!${number(formState, 'retry_after', 'Retry after, in seconds', '1')}</div>
<div class="of-slow pair">!${number(formState, 'bytes', 'Bytes at a time', '16')}
!${number(formState, 'interval_ms', 'Every so many ms', '100')}</div>
<div class="of-moment">!${choiceField(formState, {
    name: 'when',
    label: 'When',
    options: [['', 'before the call does anything'], ['after', 'after the change is made and stored']],
    isRequired: true
  })}</div>
!${delayFields(formState)}
!${choiceField(formState, { name: 'operation', label: 'Which calls', value: '*', options: operations, isRequired: true })}
<div class="pair">
!${textField(formState, { name: 'count', label: 'For how many', inputmode: 'numeric', placeholder: 'until deleted' })}
!${textField(formState, {
    name: 'probability', label: 'Probability', inputmode: 'decimal', placeholder: '1, which is every call'
  })}
</div></div>
<div class="row">!${submit('Add the rule')}</div>`)
}

function number (formState: FormState, name: string, label: string, placeholder: string): Fragment {
  return textField(formState, { name, label, inputmode: 'numeric', placeholder })
}

const DELAYS: Options = [
  ['', 'not at all'],
  ['fixed', 'for so long'],
  ['between', 'for something between'],
  ['spread', 'as latencies are'],
  ['list', 'one length after the other']
]

/** The API knows one delay of several forms: what it has against it is told where it was typed. */
function delayFields (formState: FormState): Fragment {
  const isFixed = typed(formState, 'delay', '') === 'fixed'
  return html`!${choiceField(formState, {
    name: 'delay', at: isFixed ? 'delay' : 'delay_ms', label: 'Wait first', options: DELAYS, isRequired: true
  })}
<div class="of-fixed">!${delay(formState, 'ms', isFixed ? 'delay_ms' : 'delay_ms.ms', 'Milliseconds')}</div>
<div class="of-between pair">!${delay(formState, 'min', 'delay_ms.min', 'At least, in ms')}
!${delay(formState, 'max', 'delay_ms.max', 'At most, in ms')}</div>
<div class="of-spread pair">!${delay(formState, 'p50', 'delay_ms.p50', 'Half of them below, in ms')}
!${delay(formState, 'p99', 'delay_ms.p99', '99 of 100 below, in ms')}</div>
<div class="of-list">!${textField(formState, {
    name: 'list', at: 'delay_ms.list', label: 'Milliseconds, one after the other', placeholder: '0, 0, 5000'
  })}</div>`
}

function delay (formState: FormState, name: string, at: string, label: string): Fragment {
  return textField(formState, { name, at, label, inputmode: 'numeric' })
}
