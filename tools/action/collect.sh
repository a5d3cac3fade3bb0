#!/usr/bin/env bash
# Writes the calls, events and deliveries of the emulator beside its output, as far as it still answers.
set -uo pipefail

folder=$RUNNER_TEMP/dodo-emulator
read -ra command <<<"${DODO_EMULATOR_COMMAND:-dodo-emulator}"
if [[ ! -s $folder/port ]]; then
  echo '::error::The action that starts the emulator must run before this one.'
  exit 1
fi
# The start printed the keys.
rm -f "$folder/start.json"
for list in requests events deliveries; do
  "${command[@]}" "$list" --json --url "http://localhost:$(<"$folder/port")" >"$folder/$list.json" 2>>"$folder/emulator.log" || rm -f "$folder/$list.json"
done
exit 0
