#!/usr/bin/env bash
# Prunes the development AMIs in REGIONS but for the newest KEEP; with DRY_RUN `true` it says what would be removed.
set -euo pipefail

if [[ ! "$KEEP" =~ ^[0-9]{1,3}$ ]]; then
  echo "::error::keep is not a whole number of 0 to 999"
  exit 1
fi
options=(--yes)
if [[ "$DRY_RUN" == true ]]; then options=(--dry-run); fi
npx groundplan image prune --regions "$REGIONS" --keep "$KEEP" "${options[@]}"
