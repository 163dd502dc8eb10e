#!/usr/bin/env bash
# Removes what vxlan-setup.sh has made, by its mark and not by the configuration, which may have changed since. A second run
# finds nothing, and is no failure.
set -euo pipefail
export LC_ALL=C

OWNER=groundplan-vxlan
TABLE=groundplan_vxlan

if ((EUID != 0)); then
  printf 'vxlan: NOT_ROOT: networks are changed by root alone\n  sudo %s\n' "$0" >&2
  exit 1
fi

if [[ -d /etc/vxlan ]]; then
  exec 9</etc/vxlan
  flock -w 60 9 || {
    printf 'vxlan: LOCKED: another run has not ended for a minute\n  look for it: ps -C vxlan-setup.sh\n' >&2
    exit 1
  }
fi

# The port of the bridge before the bridge; the rules last, so that no stranger gets in before.
for kind in vxlan bridge; do
  while read -r name; do
    ip link del dev "$name"
  done < <(ip -o link show type "$kind" | sed -n "s/^[0-9]*: \([^:@]*\)[:@].*alias $OWNER.*/\1/p")
done
if nft list table inet "$TABLE" >/dev/null 2>&1; then nft delete table inet "$TABLE"; fi
