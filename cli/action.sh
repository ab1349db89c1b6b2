#!/usr/bin/env bash
# The step of action.yml. Inputs come as environment variables, so that none of them is read as a command.
set -uo pipefail

cli="$GITHUB_ACTION_PATH/dist/zilliz-private-link.cjs"
if [ -n "${VERSION:-}" ]; then
  cli="${RUNNER_TEMP:-/tmp}/zilliz-private-link.cjs"
  url="https://github.com/$ACTION_REPOSITORY/releases/download/$VERSION/zilliz-private-link.cjs"
  curl --fail --silent --show-error --location --output "$cli" "$url" || exit 2
fi
case "$COMMAND" in
  plan | wait | status) wait=() ;;
  connect | reconcile | disconnect) wait=(--wait) ;;
  *) echo "::error::command must be plan, connect, wait, status, reconcile or disconnect"; exit 2 ;;
esac
read -r -d '' -a connections <<<"$CONNECTIONS" || true

result=$(node "$cli" "$COMMAND" "${connections[@]}" "${wait[@]}" --timeout "$TIMEOUT_MINUTES" --json)
code=$?
{
  echo "exit-code=$code"
  echo 'result<<END_OF_RESULT'
  echo "$result"
  echo END_OF_RESULT
} >>"$GITHUB_OUTPUT"
{
  echo "### zilliz-private-link $COMMAND: exit code $code"
  echo '```json'
  echo "$result"
  echo '```'
} >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
[ "$code" -eq 0 ] || echo "::error::zilliz-private-link $COMMAND ended with exit code $code: 1 failed, 2 not understood, 3 degraded, 4 still running"
exit "$code"
