#!/usr/bin/env bash
# Applies the runners of ENVIRONMENT, then deploys their functions as FUNCTIONS says, and says what is wrong with them.
set -euo pipefail

npx groundplan apply "$ENVIRONMENT-runners" --auto-approve
for name in webhook scale-up scale-down reconcile program; do
  case "$FUNCTIONS" in
    "as they are") ;;
    "newest of this commit")
      npx groundplan artifact publish "runner-$name" --json
      npx groundplan artifact deploy "$ENVIRONMENT" --service "runner-$name" --json
      ;;
    "of the environment before")
      npx groundplan artifact promote "$ENVIRONMENT" --service "runner-$name" --json
      ;;
    *)
      echo "::error::FUNCTIONS is none of the choices"
      exit 1
      ;;
  esac
done
npx groundplan runner doctor "$ENVIRONMENT"
