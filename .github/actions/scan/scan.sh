#!/usr/bin/env bash
# What the action Scan does, by its variables.
set -euo pipefail

# Docker takes the digest, and Renovate reads the tag. Trivy's tags were moved once (CVE-2026-33634), so it is never alone.
trivy=ghcr.io/aquasecurity/trivy:0.74.0@sha256:62b1e65e8869bc4b4c6aa4fa2b21595256c7c2f6018a9d9ad61caf87187c1969
grype=ghcr.io/anchore/grype:v0.120.1@sha256:e4a44ef45d285b829ce6efe2642980329661bd2d18eab5fc539138d4adaebbbe

wrong() {
  echo "::error::$1"
  exit 2
}
[[ "$NAME" =~ ^[a-z0-9][a-z0-9._-]{0,200}$ ]] || wrong "name: use small letters, digits and ._-"
[[ "$SBOM" =~ ^([a-z0-9][a-z0-9._-]{0,200})?$ ]] || wrong "sbom: use small letters, digits and ._-"
[[ -d "$FOLDER" ]] || wrong "folder: there is none at ${FOLDER@Q}"
[[ -z "$IMAGE" || ("$IMAGE" != /* && -f "$FOLDER/$IMAGE/oci-layout") ]] || wrong "image: no OCI layout at ${IMAGE@Q}"

folder=$(realpath "$FOLDER")
mkdir -p "$RESULTS" "$RUNNER_TEMP/scanners"
results=$(realpath "$RESULTS")

# A scanner runs as this user, writes its results and its database, and sees nothing else of this machine.
isolated() {
  docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges --user "$(id -u):$(id -g)" \
    --tmpfs /tmp --env HOME=/cache --env TRIVY_CACHE_DIR=/cache/trivy --env GRYPE_DB_CACHE_DIR=/cache/grype \
    --env GRYPE_CHECK_FOR_APP_UPDATE=false \
    --mount "type=bind,source=$folder,target=/scan,readonly" \
    --mount "type=bind,source=$results,target=/results" \
    --mount "type=bind,source=$RUNNER_TEMP/scanners,target=/cache" \
    --workdir /scan "$@"
}

if [[ -n "$IMAGE" ]]; then
  isolated "$trivy" image --input "$IMAGE" --scanners vuln,secret --quiet --format json --output "/results/$NAME.trivy.json"
  isolated "$grype" "oci-dir:$IMAGE" --quiet --output "json=/results/$NAME.grype.json"
  if [[ -n "$SBOM" ]]; then
    isolated "$trivy" image --input "$IMAGE" --quiet --format cyclonedx --output "/results/$SBOM"
  fi
else
  isolated "$trivy" filesystem . --scanners vuln,secret,misconfig --quiet --format json --output "/results/$NAME.trivy.json"
  isolated "$grype" dir:. --quiet --output "json=/results/$NAME.grype.json"
fi
