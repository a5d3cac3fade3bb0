/** The form for a custom fault, with every field of the control API. The style sheet shows those of the chosen kind. */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'
import { KIND_TEXTS } from './fault-text.js'
import { areaField, choiceField, form, submit, textField, typed } from './fields.js'
import type { FormState } from './form.js'

type Options = ReadonlyArray<readonly [value: string, label: string]>

export function ruleForm (formState: FormState, operations: Options): Fragment {
  return form(formState, html`<div class="fault-form stack">
!${choiceField(formState, { name: 'kind', label: 'Effect', value: 'error', options: KIND_TEXTS, isRequired: true })}
<div class="of-error pair">
!${number(formState, 'status', 'Status', '500')}
!${textField(formState, { name: 'code', label: 'Error code', placeholder: 'default' })}
</div>
<div class="of-error stack">
!${textField(formState, { name: 'message', label: 'Message' })}
!${areaField(formState, {
    name: 'headers', label: 'Headers', rows: 2, isCode: true, hint: 'One per line, such as retry-after: 5'
  })}
</div>
<div class="of-limit">!${number(formState, 'retry_after', 'Retry after, in seconds', '1')}</div>
<div class="of-slow pair">!${number(formState, 'bytes', 'Bytes per chunk', '16')}
!${number(formState, 'interval_ms', 'Interval, in ms', '100')}</div>
<div class="of-moment">!${choiceField(formState, {
    name: 'when',
    label: 'When',
    options: [['', 'before the call is processed'], ['after', 'after the change is stored']],
    isRequired: true
  })}</div>
!${delayFields(formState)}
!${choiceField(formState, { name: 'operation', label: 'Operation', value: '*', options: operations, isRequired: true })}
<div class="pair">
!${textField(formState, { name: 'count', label: 'Number of calls', inputmode: 'numeric', placeholder: 'until deleted' })}
!${textField(formState, {
    name: 'probability', label: 'Probability', inputmode: 'decimal', placeholder: '1 (every call)'
  })}
</div></div>
<div class="row">!${submit('Add fault')}</div>`)
}

function number (formState: FormState, name: string, label: string, placeholder: string): Fragment {
  return textField(formState, { name, label, inputmode: 'numeric', placeholder })
}

const DELAYS: Options = [
  ['', 'None'],
  ['fixed', 'fixed'],
  ['between', 'uniform between two values'],
  ['spread', 'a latency distribution'],
  ['list', 'a list of values in turn']
]

/** The fields of `delay_ms`, which has several shapes. Errors are shown at the field of the chosen shape. */
function delayFields (formState: FormState): Fragment {
  const isFixed = typed(formState, 'delay', '') === 'fixed'
  return html`!${choiceField(formState, {
    name: 'delay', at: isFixed ? 'delay' : 'delay_ms', label: 'Delay', options: DELAYS, isRequired: true
  })}
<div class="of-fixed">!${delay(formState, 'ms', isFixed ? 'delay_ms' : 'delay_ms.ms', 'Milliseconds')}</div>
<div class="of-between pair">!${delay(formState, 'min', 'delay_ms.min', 'Minimum, in ms')}
!${delay(formState, 'max', 'delay_ms.max', 'Maximum, in ms')}</div>
<div class="of-spread pair">!${delay(formState, 'p50', 'delay_ms.p50', 'Median (p50), in ms')}
!${delay(formState, 'p99', 'delay_ms.p99', '99th percentile (p99), in ms')}</div>
<div class="of-list">!${textField(formState, {
    name: 'list', at: 'delay_ms.list', label: 'Milliseconds, separated by commas', placeholder: '0, 0, 5000'
  })}</div>`
}

function delay (formState: FormState, name: string, at: string, label: string): Fragment {
  return textField(formState, { name, at, label, inputmode: 'numeric' })
}
