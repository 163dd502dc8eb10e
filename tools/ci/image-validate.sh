#!/usr/bin/env bash
# Checks the image and the request for REGIONS, without AWS: a pull request has no credentials.
set -euo pipefail

npx groundplan image template >template.pkr.json
npx groundplan image validate --offline --regions "$REGIONS"
