#!/usr/bin/env bash
# Builds a private image of the commit in REGIONS, as WAY says, with the key KMS_KEY where there is one. With TEST `true` machines
# of it are booted and checked, and after that the parameters below PARAMETERS lead to it, where there are some. ROLE is assumed
# anew for each of them.
set -euo pipefail

options=()
if [[ -n "${KMS_KEY:-}" ]]; then options=(--kms-key "$KMS_KEY"); fi
npx groundplan image template >template.pkr.json
npx groundplan image build --regions "$REGIONS" --way "$WAY" --role "$ROLE" "${options[@]}"
if [[ "${TEST:-}" == true ]]; then
  npx groundplan image test --run "$GITHUB_RUN_ID" --regions "$REGIONS" --role "$ROLE"
fi
if [[ -n "${PARAMETERS:-}" ]]; then
  npx groundplan image resume --run "$GITHUB_RUN_ID" --regions "$REGIONS" --parameters "$PARAMETERS" --role "$ROLE"
fi
