#!/usr/bin/env bash
# Starts an emulator that outlives this step, waits until it answers, and sets outputs and variables for the following steps.
# DODO_EMULATOR_COMMAND replaces the installed command, for tests.
set -euo pipefail

folder=$RUNNER_TEMP/dodo-emulator
mkdir -p "$folder"
rm -f "$folder/port"

if [[ -n ${DODO_EMULATOR_COMMAND:-} ]]; then
  read -ra command <<<"$DODO_EMULATOR_COMMAND"
else
  npm install --global "dodo-emulator@$INPUT_VERSION"
  command=(dodo-emulator)
fi

arguments=(start --port "$INPUT_PORT" --database "$INPUT_DATABASE" --port-file "$folder/port" --json)
if [[ -n $INPUT_FIXTURES ]]; then arguments+=(--fixtures "$INPUT_FIXTURES"); fi
if [[ -n $INPUT_WEBHOOK_URL ]]; then arguments+=(--webhook-url "$INPUT_WEBHOOK_URL"); fi
# Quotes in this input group words, as in a shell; nothing else of it is evaluated.
if [[ -n $INPUT_ARGUMENTS ]]; then
  while IFS= read -r argument; do arguments+=("$argument"); done < <(xargs printf '%s\n' <<<"$INPUT_ARGUMENTS")
fi

# A step ends when its output closes, so the emulator must not share it.
nohup "${command[@]}" "${arguments[@]}" >"$folder/start.json" 2>"$folder/emulator.log" </dev/null &
process=$!
for ((tries = 0; tries < 300; tries++)); do
  if [[ -s $folder/port && -s $folder/start.json ]]; then break; fi
  if ! kill -0 "$process" 2>/dev/null; then break; fi
  sleep 0.1
done
if [[ ! -s $folder/port || ! -s $folder/start.json ]]; then
  cat "$folder/emulator.log"
  echo '::error::The emulator has not started. Its output is above.'
  exit 1
fi

port=$(<"$folder/port")
url=http://localhost:$port
"${command[@]}" wait --url "$url"
key=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).webhook_key ?? ""' "$folder/start.json")
if [[ -n $key ]]; then echo "::add-mask::$key"; fi
{
  echo "url=$url"
  echo "port=$port"
  echo "webhook-key=$key"
  echo "log=$folder/emulator.log"
} >>"$GITHUB_OUTPUT"
{
  echo "DODO_PAYMENTS_BASE_URL=$url"
  echo 'DODO_PAYMENTS_API_KEY=test'
  echo "DODO_EMULATOR_URL=$url"
  if [[ -n $key ]]; then echo "DODO_PAYMENTS_WEBHOOK_KEY=$key"; fi
} >>"$GITHUB_ENV"
