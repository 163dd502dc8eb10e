#!/usr/bin/env bash
# Scans each OCI layout below a folder, by the action Scan: scan-images.sh <folder> <results>
set -euo pipefail
folder=$(realpath "$1")
results=$2
here=$(dirname "$(realpath "$0")")

mkdir -p "$results"
number=0
while IFS= read -r file; do
  number=$((number + 1))
  image=$(dirname "${file#"$folder/"}")
  FOLDER=$folder IMAGE=$image RESULTS=$results NAME="image-$number" SBOM="" \
    bash "$here/../../.github/actions/scan/scan.sh"
done < <(find "$folder" -name oci-layout -type f | sort)
echo "$number images scanned"
