#!/usr/bin/env bash
# Builds the image of TAG in REGIONS, as WAY says, and releases what is built; with TEST `true` after machines of it have booted
# and were checked. The parameters below PARAMETERS lead to it then, where there are some. Where a Region fails, the others are
# public, the draft of the release waits, and this fails: run it again, and it does the rest. ROLE is assumed anew for each.
set -euo pipefail

npx groundplan image template >template.pkr.json
built=0
npx groundplan image build --tag "$TAG" --regions "$REGIONS" --way "$WAY" --role "$ROLE" || built=$?
# With 1 some Region failed. Whatever else it ends with, nothing is released: a wrong request, something that is missing, another
# run that has the version (4), or somebody who has stopped it (130).
if ((built > 1)); then exit "$built"; fi
if [[ "${TEST:-}" == true ]]; then
  npx groundplan image test --run "$GITHUB_RUN_ID" --regions "$REGIONS" --role "$ROLE"
fi
options=()
if [[ -n "${PARAMETERS:-}" ]]; then options=(--parameters "$PARAMETERS"); fi
npx groundplan image publish "$TAG" --regions "$REGIONS" --role "$ROLE" "${options[@]}"
exit "$built"
