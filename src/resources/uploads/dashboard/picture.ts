/**
 * The picture of a product or a collection in the dashboard: a card that shows it, with a form to upload another one. Stable ids
 * for browser tests: picture, form-picture.
 */
import { html } from 'ghtml'
import { ApiError } from '../../../errors.js'
import { form, submit } from '../../../pages/dashboard/fields.js'
import { problemAt, type Form } from '../../../pages/dashboard/form.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { card } from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'
import { isShown, mediaType } from '../../../rules/media.js'
import { UPLOAD_MAX_BYTES, receive } from '../lifecycle.js'

/** The limit of a form with a picture. */
export const PICTURE_FORM_MAX_BYTES = UPLOAD_MAX_BYTES.image + 64 * 1024

/** `image` is the URL of the current picture. */
export function pictureCard (image: string | null | undefined, page: PageContext): Fragment {
  const formState = page.formState('picture')
  const problem = problemAt(formState, 'file')
  const described = problem === null ? '' : ' aria-invalid="true" aria-describedby="picture-file-problem"'
  const shown = image == null
    ? '<p class="quiet">There is no picture yet.</p>'
    : html`<img class="picture" src="${new URL(image).pathname}" alt="">`
  return card(html`!${shown}
!${form(formState, html`<div class="field"><label for="picture-file">${image == null ? 'Add picture' : 'Replace picture'}</label>
<input type="file" id="picture-file" name="file" accept="image/png,image/jpeg,image/webp,image/gif,image/svg+xml"!${described}>
!${problem === null ? '' : html`<p class="problem" id="picture-file-problem">${problem}</p>`}</div>
<div>!${submit('Upload', 'second')}</div>`, 'form-picture', { withFiles: true })}`, { id: 'picture', title: 'Picture' })
}

/** Uploads the picture of a form, as a program does: `open` gets the signed URL from the API. */
export async function uploadPicture (page: PageContext, sent: Form, open: () => Promise<{ url: string }>): Promise<void> {
  const { context } = page
  const file = sent.file('file')
  if (file === undefined) throw refused('Choose a picture.')
  const { contentType } = file
  const bytes = Buffer.from(file.bytes)
  if (bytes.length > UPLOAD_MAX_BYTES.image) throw refused('Choose a picture of at most 10 MiB.')
  if (!isShown(mediaType(contentType, bytes))) throw refused('Choose a PNG, JPEG, WebP, GIF or SVG picture.')
  const { url } = await open()
  const secret = url.slice(url.lastIndexOf('/') + 1)
  await new Promise<void>((resolve, reject) => {
    context.sandbox.batch.run(() => { receive('image', secret, contentType, bytes, context) }, error => {
      if (error === undefined) resolve()
      else reject(error)
    })
  })
}

function refused (message: string): ApiError {
  return new ApiError('INVALID_REQUEST_BODY', { violations: [{ path: 'file', message }] })
}
