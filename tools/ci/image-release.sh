#!/usr/bin/env bash
# Builds the image of TAG in REGIONS, as WAY says, and releases what is built. Where a Region fails, the others are public, the
# draft of the release waits, and this fails: run it again, and it does the rest.
set -euo pipefail

npx groundplan image template >template.pkr.json
built=0
npx groundplan image build --tag "$TAG" --regions "$REGIONS" --way "$WAY" --role "$ROLE" || built=$?
if ((built == 2 || built == 3)); then exit "$built"; fi
npx groundplan image publish "$TAG" --regions "$REGIONS" --role "$ROLE"
exit "$built"
