// The OpenAPI document for the mocks: the emulator's whole document or, for a mock that cannot load
// it, one operation with its references.

export function cutToOperation (document, path, method) {
  const { [method]: operation, parameters } = document.paths[path]
  const cut = {
    openapi: document.openapi,
    info: document.info,
    paths: { [path]: { ...(parameters && { parameters }), [method]: operation } },
    components: {}
  }
  if (document.security) cut.security = document.security
  if (document.components.securitySchemes) {
    cut.components.securitySchemes = document.components.securitySchemes
  }
  const todo = [cut.paths]
  while (todo.length > 0) {
    const node = todo.pop()
    if (node === null || typeof node !== 'object') continue
    for (const [key, value] of Object.entries(node)) {
      if (key === '$ref' && typeof value === 'string') include(value)
      else todo.push(value)
    }
  }
  return cut

  function include (reference) {
    const [, , section, name] = reference.split('/')
    if (!reference.startsWith('#/components/') || cut.components[section]?.[name]) return
    cut.components[section] ??= {}
    cut.components[section][name] = document.components[section][name]
    todo.push(document.components[section][name])
  }
}
