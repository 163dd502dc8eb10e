#!/usr/bin/env bash
# Pulls the last images of each ECR repository that the credentials can see, as OCI layouts: pull-images.sh <folder> <count>
set -euo pipefail
export AWS_PAGER=""
folder=$1
count=$2

mkdir -p "$folder"
aws ecr describe-repositories --query 'repositories[].[repositoryName, repositoryUri]' --output text |
  while IFS=$'\t' read -r repository uri; do
    if [[ -z "$repository" || "$repository" == None ]]; then continue; fi
    digests=$(aws ecr describe-images --repository-name "$repository" \
      --query "reverse(sort_by(imageDetails[?artifactMediaType==null || contains(artifactMediaType, 'image.config') || contains(artifactMediaType, 'container.image')], &imagePushedAt))[:$count].imageDigest" \
      --output text)
    for digest in $digests; do
      if [[ "$digest" == None ]]; then continue; fi
      # The results name an image by the folder that it lies in.
      layout="$folder/$repository/${digest/sha256:/sha256-}"
      mkdir -p "$layout"
      skopeo copy --quiet --override-os linux --override-arch amd64 \
        --src-creds "AWS:$(aws ecr get-login-password)" "docker://$uri@$digest" "oci:$layout"
      echo "$repository@$digest"
    done
  done
