#!/usr/bin/env bash
# Waits for MINUTES at most until no job runs or waits, then destroys the runners of ENVIRONMENT. Jobs that are left end it.
set -euo pipefail

if [[ ! "$MINUTES" =~ ^([0-9]|[1-5][0-9]|60)$ ]]; then
  echo "::error::minutes is not a whole number of 0 to 60"
  exit 1
fi
npx cdktf synth
npx groundplan runner status "$ENVIRONMENT" --until-idle "$MINUTES"
if ! npx groundplan destroy "$ENVIRONMENT-runners" --auto-approve; then
  echo "::error::the runners of $ENVIRONMENT are not all destroyed: where a group did not drain, a job began after the wait; look which, raise minutes.drain in the overlay, or start this again"
  exit 1
fi
