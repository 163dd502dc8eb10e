#!/usr/bin/env bash
# Destroys the preview that the variables say, in a checkout of the platform, and says so where its pull request is.
set -euo pipefail

# Another repository calls this for its own branches alone: by a name it would reach the preview of anybody.
if [[ -z "$BRANCH" && "${GITHUB_REPOSITORY,,}" != "${PLATFORM_REPOSITORY,,}" ]]; then
  echo "::error::$GITHUB_REPOSITORY gave no branch: only $PLATFORM_REPOSITORY names previews. Set the input branch" >&2
  exit 1
fi

npx cdktf synth
options=(--yes --json --reason "$REASON")
if [[ -n "$BRANCH" ]]; then
  options+=(--branch "$BRANCH" --repository "$GITHUB_REPOSITORY")
else
  options+=("$NAME")
  # The function that calls when a time is over cannot see who extends it while this run waits.
  if [[ "$REASON" == ttl ]]; then options+=(--if-over); fi
fi

code=0
npx groundplan preview destroy "${options[@]}" > destroyed.json || code=$?
jq . destroyed.json
name=$(jq -r '.name // ""' destroyed.json)
# A run that was started by hand has no rights in the repository of the branch.
if [[ -n "$name" && -n "$BRANCH" ]]; then
  npx groundplan preview announce "$name" --repository "$GITHUB_REPOSITORY" --pull-request "$PULL_REQUEST"
fi
exit "$code"
