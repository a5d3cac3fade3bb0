/** The style sheet of the control pages, as text: the large clock, the presets, and the fields of a fault by its kind. */
export const CONTROLS = `
@media (min-width: 64rem) { .columns.halves { grid-template-columns: repeat(2, minmax(0, 1fr)); } }

.big-clock { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 0.6rem; font-variant-numeric: tabular-nums; }
.big-clock time { font-size: 1.75rem; font-weight: 650; letter-spacing: -0.02em; line-height: 1.25; }

.stack fieldset.plain { gap: 0.25rem; padding: 0; border: 0; }
.stack fieldset.plain legend { padding: 0 0 0.35rem; }
@media (min-width: 40rem) { .stack fieldset.options { grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); } }
.stack fieldset.options { gap: 0.5rem; }
.options .problem { grid-column: 1 / -1; }
.option {
  display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.65rem; align-items: start; padding: 0.5rem 0.65rem;
  border: 1px solid var(--line); border-radius: 0.5rem; cursor: pointer;
}
.option input { margin-top: 0.2rem; }
.option strong { display: block; font-weight: 600; font-size: 0.875rem; }
.option:has(:checked) { border-color: var(--accent); background: var(--tint); }

/* Fields of other kinds are hidden, unless they have an error. */
@supports selector(:has(*)) {
  .fault-form:not(:has([name=kind] [value=error]:checked)) .of-error:not(:has(.problem, [aria-invalid])),
  .fault-form:not(:has([name=kind] [value=rate_limited]:checked)) .of-limit:not(:has([aria-invalid])),
  .fault-form:not(:has([name=kind] [value=slow]:checked)) .of-slow:not(:has([aria-invalid])),
  .fault-form:has([name=kind] :is([value=rate_limited], [value=truncate], [value=slow]):checked)
    .of-moment:not(:has([aria-invalid])),
  .fault-form:not(:has([name=delay] [value=fixed]:checked)) .of-fixed:not(:has([aria-invalid])),
  .fault-form:not(:has([name=delay] [value=between]:checked)) .of-between:not(:has([aria-invalid])),
  .fault-form:not(:has([name=delay] [value=spread]:checked)) .of-spread:not(:has([aria-invalid])),
  .fault-form:not(:has([name=delay] [value=list]:checked)) .of-list:not(:has([aria-invalid])) { display: none; }
}
input[type=file] { padding-block: 0.3rem; }
td .confirm { display: inline-block; }
`
