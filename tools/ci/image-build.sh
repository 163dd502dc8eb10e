#!/usr/bin/env bash
# Builds a private image of the commit in REGIONS, as WAY says, with the key KMS_KEY where there is one. ROLE is assumed anew
# while it builds.
set -euo pipefail

options=()
if [[ -n "${KMS_KEY:-}" ]]; then options=(--kms-key "$KMS_KEY"); fi
npx groundplan image template >template.pkr.json
npx groundplan image build --regions "$REGIONS" --way "$WAY" --role "$ROLE" "${options[@]}"
