#!/usr/bin/env bash
# Takes from the machine what must not be in an image: keys, ids, logs, histories. Packer runs it as root, last.
set -euo pipefail
export LC_ALL=C

rm -rf /tmp/vxlan /tmp/inventory.tar
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin

# A new machine makes its own.
rm -f /etc/ssh/ssh_host_*
find /root /home -name authorized_keys -path '*/.ssh/*' -delete
find /root /home -maxdepth 2 -name '.*_history' -delete
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id /var/lib/systemd/random-seed

if command -v cloud-init >/dev/null; then cloud-init clean --logs; fi
rm -f /etc/sudoers.d/90-cloud-init-users
find /var/log -type f -exec truncate -s 0 {} +
rm -rf /var/log/journal/* /var/lib/dhcp/* /var/tmp/*

sync
echo "clean: done"
