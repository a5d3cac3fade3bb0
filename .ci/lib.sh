# Functions of .ci/installed and .ci/image. $CHECKOUT is a checkout with its development dependencies.

note () { echo "note: $*"; }

fail () { echo "$*" >&2; exit 1; }

# within SECONDS COMMAND…: repeats the command until it succeeds.
within () {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= end)); then fail "still false: $*"; fi
    sleep 0.2
  done
}

# create_payments URL: creates payments with the official client, and prints the id of one.
create_payments () { node "$CHECKOUT/.ci/payment.mjs" "$1"; }

# read_payment URL ID
read_payment () { node "$CHECKOUT/.ci/payment.mjs" "$1" "$2"; }
