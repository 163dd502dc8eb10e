#!/usr/bin/env bash
# Ends a job that was started by hand unless its environment was typed twice.
set -euo pipefail

if [[ ! "$ENVIRONMENT" =~ ^[a-z](-?[a-z0-9])*$ || "$CONFIRM" != "$ENVIRONMENT" ]]; then
  echo "::error::the confirmation is not the environment's name: nothing was done"
  exit 1
fi
