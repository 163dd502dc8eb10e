#!/usr/bin/env bash
# Installs VXLAN into a machine that becomes an image. Packer runs it as root, with the files in the folder that is its
# argument; a second run changes nothing.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a

FILES=$1
PACKAGES=(bridge-utils iproute2 nftables ethtool curl)

# cloud-init writes apt's sources at the first boot; 2 is "done, with a warning".
wait_for_boot() {
  command -v cloud-init >/dev/null || return 0
  local code=0
  cloud-init status --wait >/dev/null || code=$?
  if ((code == 1)); then
    echo "provision: CLOUD_INIT_FAILED: cloud-init has not ended well" >&2
    cloud-init status --long >&2 || true
    exit 1
  fi
}

# unattended-upgrades holds the lock for minutes after the first boot.
apt() {
  apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 -o Dpkg::Use-Pty=0 -qq -y "$@"
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

install_packages() {
  local package missing=()
  for package in "${PACKAGES[@]}"; do is_installed "$package" || missing+=("$package"); done
  if [[ ${UPGRADE:-true} == true ]]; then
    apt update
    apt -o Dpkg::Options::=--force-confold upgrade
  elif ((${#missing[@]} > 0)); then
    apt update
  fi
  if ((${#missing[@]} > 0)); then apt install --no-install-recommends "${missing[@]}"; fi
}

install_files() {
  install -d -m 755 /etc/vxlan
  install -m 755 "$FILES/vxlan-setup.sh" "$FILES/vxlan-teardown.sh" /usr/local/sbin/
  install -m 644 "$FILES/vxlan-config.sh" /usr/local/sbin/
  install -m 644 "$FILES/vxlan.conf.example" /etc/vxlan/
  install -m 644 "$FILES/60-vxlan.conf" /etc/sysctl.d/
  install -m 644 "$FILES/vxlan.service" /etc/systemd/system/
  echo vxlan >/etc/modules-load.d/vxlan.conf
  # Of a machine from before it stays. Until somebody names a network, nothing is set up.
  [[ -e /etc/vxlan/vxlan.conf ]] || echo "METADATA=on" >/etc/vxlan/vxlan.conf
  systemctl daemon-reload
  systemctl enable vxlan.service
}

# What is in the image, for the list of its software: Packer fetches it.
write_inventory() {
  tar -C / -cf /tmp/inventory.tar --dereference var/lib/dpkg/status etc/os-release
  chmod 644 /tmp/inventory.tar
}

wait_for_boot
install_packages
install_files
write_inventory
echo "provision: done"
