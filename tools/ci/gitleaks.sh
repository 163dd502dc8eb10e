#!/usr/bin/env bash
# Looks for secrets in this folder, or in all of its history: gitleaks.sh dir|git <results.sarif>
# It fails for none that it finds: groundplan scan judges. What it finds it does not repeat.
set -euo pipefail
[[ "$1" == dir || "$1" == git ]] || { echo "use dir or git, and not ${1@Q}" >&2; exit 2; }
results=$(realpath "$(dirname "$2")")

# Docker takes the digest, and Renovate reads the tag.
gitleaks=ghcr.io/gitleaks/gitleaks:v8.30.1@sha256:c00b6bd0aeb3071cbcb79009cb16a60dd9e0a7c60e2be9ab65d25e6bc8abbb7f

docker run --rm --read-only --network none --cap-drop ALL --security-opt no-new-privileges --user "$(id -u):$(id -g)" \
  --env GIT_CONFIG_COUNT=1 --env GIT_CONFIG_KEY_0=safe.directory --env GIT_CONFIG_VALUE_0=/scan \
  --mount "type=bind,source=$PWD,target=/scan,readonly" --mount "type=bind,source=$results,target=/results" \
  --workdir /scan \
  "$gitleaks" "$1" . --no-banner --redact --exit-code 0 --report-format sarif --report-path "/results/$(basename "$2")"
