#!/usr/bin/env bash
# Installs the package for the user root, and a script that starts it with the container. Options arrive as variables.
set -euo pipefail

if ! command -v npm >/dev/null; then
  echo 'dodo-emulator needs Node.js: add the feature ghcr.io/devcontainers/features/node' >&2
  exit 1
fi
npm install --global "dodo-emulator@${VERSION:-latest}"

folder=${DODO_EMULATOR_FOLDER:-/usr/local/share/dodo-emulator}
mkdir -p "$folder"
# The entry point of a feature must run the command of the container in the end.
{
  echo '#!/usr/bin/env bash'
  printf 'PORT=%q WEBHOOK_URL=%q DATABASE=:memory: nohup %q start >/tmp/dodo-emulator.log 2>&1 &\n' \
    "${PORT:-4010}" "${WEBHOOKURL:-}" "$(command -v dodo-emulator)"
  echo 'exec "$@"'
} >"$folder/start.sh"
chmod +x "$folder/start.sh"
