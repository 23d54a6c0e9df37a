#!/usr/bin/env bash
# Replays recorded exchanges of the real API against a server of ours, on SQLite and, where an address is given, on
# PostgreSQL. The recordings are not part of this repository; without them there is nothing to do.
#
#   scripts/conformance.sh [postgres://…]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${CONFORMANCE:-../shared/conformance}
if [ ! -f "$folder/replay.mjs" ]; then
  echo "conformance: no recordings at $folder" >&2
  exit 0
fi

run() {
  local database=${1:-} data
  data=$(mktemp -d)
  # More than the recordings hold at a time.
  printf 'default:\n  iam_policies: 1000\n  iam_users: 1000\n  iam_applications: 1000\n  iam_api_keys: 1000\n  account_projects: 1000\n' >"$data/quotas.yaml"
  node packages/server/bin/bailiwick.js serve --port 0 --data "$data" --quotas "$data/quotas.yaml" --log-level warn ${database:+--database-url "$database"} >"$data/out" &
  local server=$!
  for _ in $(seq 200); do grep -q '^listening on ' "$data/out" && break; sleep 0.1; done
  local url organization access secret owner status=0
  url=$(sed -n 's/^listening on //p' "$data/out")
  value() { sed -n "s/^$1: //p" "$data/scw.yaml"; }
  organization=$(value default_organization_id)
  access=$(value access_key)
  secret=$(value secret_key)
  owner=$(node scripts/recorded-account.ts "$url" "$secret" "$access" "${database:-file:$data/bailiwick.db}")
  node "$folder/replay.mjs" --url "$url" --secret-key "$secret" --organization-id "$organization" \
    --user-id "$owner" --access-key "$access" --seed "$folder/recordings" || status=$?
  kill "$server" && wait "$server"
  rm -rf "$data"
  return "$status"
}

echo "conformance on SQLite" >&2
run
if [ $# -gt 0 ]; then
  echo "conformance on PostgreSQL" >&2
  run "$1"
fi
