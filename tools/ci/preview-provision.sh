#!/usr/bin/env bash
# Makes a preview of what the variables say, in a checkout of the platform: the image first, where one was built.
set -euo pipefail

# Another repository calls this for its own branches alone: by a name it would reach the preview of anybody.
if [[ -z "$BRANCH" && "${GITHUB_REPOSITORY,,}" != "${PLATFORM_REPOSITORY,,}" ]]; then
  echo "::error::$GITHUB_REPOSITORY gave no branch: only $PLATFORM_REPOSITORY names previews. Set the input branch" >&2
  exit 1
fi

npx cdktf synth
options=(--yes --json)
add() { if [[ -n "$2" ]]; then options+=("$1" "$2"); fi; }
add --template "$TEMPLATE"
add --ttl "$TTL"
add --owner "$OWNER"
add --pull-request "$PULL_REQUEST"

if [[ -n "$BRANCH" ]]; then
  options+=(--branch "$BRANCH" --repository "$GITHUB_REPOSITORY" --commit "$COMMIT" --config source)
  mkdir -p source
  if [[ -f source/image.tar ]]; then
    IMAGE=$(npx groundplan preview image --branch "$BRANCH" --repository "$GITHUB_REPOSITORY" --commit "$COMMIT")
    aws ecr get-login-password | docker login --username AWS --password-stdin "${IMAGE%%/*}"
    docker load --input source/image.tar
    docker tag preview:built "$IMAGE"
    docker push "$IMAGE"
  fi
else
  options+=(--name "$NAME")
fi
add --image "$IMAGE"

npx groundplan preview create "${options[@]}" > preview.json
jq -r '"name=\(.name)", "endpoint=\(.endpoint // "")"' preview.json >> "$GITHUB_OUTPUT"
