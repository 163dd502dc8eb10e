#!/usr/bin/env bash
# Sets up VXLAN to the peers that /etc/vxlan/vxlan.conf names, in a network without multicast.
#
#   vxlan-setup.sh [--config FILE]                       what the file says; a second run changes nothing
#   vxlan-setup.sh [--config FILE] --check               judges the file, and changes nothing
#   vxlan-setup.sh [--config FILE] add-peer ADDRESS      names one more peer in the file, and sets it up
#   vxlan-setup.sh [--config FILE] remove-peer ADDRESS   the other way round; other peers keep their connections
set -Eeuo pipefail
export LC_ALL=C
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/vxlan-config.sh"

trap '((BASH_SUBSHELL)) || fail STEP_FAILED "line $LINENO has failed: $BASH_COMMAND" "the message of the program stands above"' ERR

# What this script has made has an alias that begins with it: vxlan-teardown.sh removes that and nothing else.
OWNER=groundplan-vxlan
TABLE=groundplan_vxlan
FILE=/etc/vxlan/vxlan.conf
COMMAND=apply
PEER=""

parse_arguments() {
  while (($# > 0)); do
    case $1 in
      --config) [[ $# -ge 2 ]] || usage && FILE=$2 && shift ;;
      --check) COMMAND=check ;;
      add-peer | remove-peer) [[ $# -ge 2 ]] || usage && COMMAND=$1 && PEER=$2 && shift ;;
      *) usage ;;
    esac
    shift
  done
}

usage() {
  fail USAGE "the arguments are not known" "vxlan-setup.sh [--config FILE] [--check | add-peer ADDRESS | remove-peer ADDRESS]"
}

# The interface below, its MTU and the local address.
find_underlay() {
  local family=${CONFIG[FAMILY]} first
  first=${CONFIG[LOCAL]}
  [[ $first == auto ]] && read -r first _ <<<"${CONFIG[PEERS]:-} $TAGGED_PEERS" && first=${first:-auto}
  if [[ $family == auto ]]; then
    family=ipv4
    [[ $first != auto ]] && family=$(family_of "$first")
  fi
  local number=${family#ipv}
  UNDERLAY=${CONFIG[UNDERLAY]}
  if [[ $UNDERLAY == auto ]]; then
    UNDERLAY=$(ip "-$number" -o route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
    [[ -n $UNDERLAY ]] || fail UNDERLAY_MISSING "there is no default route of $family" "set UNDERLAY to an interface, e.g. ens5"
  fi
  ip link show dev "$UNDERLAY" >/dev/null 2>&1 ||
    fail UNDERLAY_MISSING "there is no interface $UNDERLAY" "set UNDERLAY to one of: $(ip -br link | cut -d' ' -f1 | tr '\n' ' ')"
  UNDERLAY_MTU=$(ip -o link show dev "$UNDERLAY" | sed -n 's/.* mtu \([0-9]*\).*/\1/p')
  local addresses
  addresses=$(ip "-$number" -o addr show dev "$UNDERLAY" scope global | awk '{ sub("/.*", "", $4); print $4 }')
  if [[ ${CONFIG[LOCAL]} == auto ]]; then
    LOCAL=$(head -n 1 <<<"$addresses")
    [[ -n $LOCAL ]] || fail UNDERLAY_NO_ADDRESS "$UNDERLAY has no address of $family" "give it one, or set FAMILY or UNDERLAY"
  else
    LOCAL=$(canonical "${CONFIG[LOCAL]}")
    { [[ -n $LOCAL ]] && grep -qxF -- "$LOCAL" <<<"$addresses"; } ||
      fail LOCAL_INVALID "LOCAL is ${CONFIG[LOCAL]}, which $UNDERLAY does not have" "use auto, or one of: ${addresses//$'\n'/ }"
  fi
}

# Outer IP (20 or 40 bytes), UDP (8), VXLAN (8) and the inner Ethernet header (14).
find_mtu() {
  local overhead=50
  [[ $(family_of "$LOCAL") == ipv6 ]] && overhead=70
  local most=$((UNDERLAY_MTU - overhead))
  MTU=${CONFIG[MTU]}
  [[ $MTU == auto ]] && MTU=$most
  ((MTU <= most)) ||
    fail MTU_TOO_LARGE "MTU is $MTU, and $UNDERLAY carries $UNDERLAY_MTU bytes less $overhead" "use auto, or at most $most"
  local least=576
  [[ ${CONFIG[ADDRESSES]:-} == *:* ]] && least=1280
  ((MTU >= least)) ||
    fail MTU_TOO_SMALL "an MTU of $MTU is left of $UNDERLAY's $UNDERLAY_MTU, and $least is the least" "use an interface with a larger MTU"
}

find_peers() {
  local peer form
  PEERS=()
  for peer in ${CONFIG[PEERS]:-} $TAGGED_PEERS; do
    check_peer "$peer" "$LOCAL"
    form=$(canonical "$peer")
    [[ " ${PEERS[*]} " == *" $form "* ]] || PEERS+=("$form")
  done
}

# Every machine knows the address of each bridge without a question, so that a frame goes to one peer and not to all.
mac_of() {
  printf '%s' "$1" | sha256sum | sed 's/^\(..\)\(..\)\(..\)\(..\)\(..\).*/02:\1:\2:\3:\4:\5/'
}

# One transaction: no moment is without the rules, and no peer loses a packet.
apply_firewall() {
  local set=peers4 field=ip kind
  kind=$(family_of "$LOCAL")
  [[ $kind == ipv6 ]] && set=peers6 field=ip6
  local elements=${PEERS[*]}
  nft -f - <<RULES || fail FIREWALL_FAILED "nft has refused the rules" "its message stands above; the kernel needs nf_tables"
add table inet $TABLE
add set inet $TABLE $set { type ${kind}_addr; }
add chain inet $TABLE input { type filter hook input priority -10; policy accept; }
flush chain inet $TABLE input
flush set inet $TABLE $set
add rule inet $TABLE input udp dport ${CONFIG[PORT]} $field saddr @$set accept
add rule inet $TABLE input udp dport ${CONFIG[PORT]} counter drop
${elements:+add element inet $TABLE $set { ${elements// /, } \}}
RULES
}

# Whether a link has the alias; ends when another one has the name.
is_ours() {
  local name=$1 alias=$2 seen
  seen=$(ip -o link show dev "$name" 2>/dev/null) || return 1
  [[ $seen == *"alias $OWNER"* ]] ||
    fail NAME_TAKEN "there is an interface $name already, which this script has not made" "set INTERFACE and BRIDGE to names that are free"
  [[ $seen == *"alias $alias"* ]]
}

# Those of a configuration before, which named them otherwise.
remove_others() {
  local other
  while read -r other; do
    [[ $other == "$1" || $other == "$2" ]] || ip link del dev "$other"
  done < <(ip -o link show | sed -n "s/^[0-9]*: \([^:@]*\)[:@].*alias $OWNER.*/\1/p")
}

apply_links() {
  local name=${CONFIG[INTERFACE]} bridge=${CONFIG[BRIDGE]} learning=nolearning said
  [[ ${CONFIG[LEARNING]} == on ]] && learning=learning
  remove_others "$name" "$bridge"
  local alias="$OWNER id=${CONFIG[VXLAN_ID]} local=$LOCAL dev=$UNDERLAY port=${CONFIG[PORT]} $learning."
  if ! is_ours "$bridge" "$OWNER"; then
    said=$(ip link add "$bridge" type bridge 2>&1) || fail KERNEL_NO_BRIDGE "no bridge can be made: $said" "modprobe bridge"
    ip link set dev "$bridge" alias "$OWNER"
  fi
  if ! is_ours "$name" "$alias"; then
    # What it is made of cannot be changed.
    ip link del "$name" 2>/dev/null || true
    said=$(ip link add "$name" type vxlan id "${CONFIG[VXLAN_ID]}" local "$LOCAL" dev "$UNDERLAY" dstport "${CONFIG[PORT]}" $learning 2>&1) || {
      [[ $said == *exists* ]] &&
        fail VXLAN_ID_TAKEN "another interface has VXLAN_ID ${CONFIG[VXLAN_ID]} on port ${CONFIG[PORT]}" "use another VXLAN_ID, or remove that interface"
      fail KERNEL_NO_VXLAN "no VXLAN interface can be made: $said" "modprobe vxlan"
    }
    ip link set dev "$name" alias "$alias"
    # A port of a bridge has no address of its own.
    ip link set dev "$name" addrgenmode none 2>/dev/null || true
  fi
  ip link set dev "$name" mtu "$MTU" master "$bridge"
  ip link set dev "$bridge" address "$(mac_of "$LOCAL")"
  ip link set dev "$bridge" mtu "$MTU"
  if [[ -d /proc/sys/net/ipv6/conf/$bridge ]]; then
    # A router's word would have to come from a peer.
    echo 0 >"/proc/sys/net/ipv6/conf/$bridge/accept_ra" || true
  elif [[ ${CONFIG[ADDRESSES]:-} == *:* ]]; then
    fail IPV6_DISABLED "ADDRESSES has an IPv6 address, and this kernel has IPv6 off" "leave it out, or boot without ipv6.disable=1"
  fi
  if [[ ${CONFIG[CHECKSUM_OFFLOAD]} == off ]]; then
    need ethtool
    ethtool -K "$name" tx-checksum-ip-generic off >/dev/null ||
      fail OFFLOAD_FAILED "the checksum offload of $name cannot be turned off" "set CHECKSUM_OFFLOAD=on"
  else
    ! command -v ethtool >/dev/null || ethtool -K "$name" tx-checksum-ip-generic on >/dev/null 2>&1 || true
  fi
}

apply_addresses() {
  local bridge=${CONFIG[BRIDGE]} address wanted=" " seen
  for address in ${CONFIG[ADDRESSES]:-}; do
    address="$(canonical "${address%/*}")/${address#*/}"
    wanted+="$address "
    ip addr replace "$address" dev "$bridge" || fail ADDRESS_FAILED "$bridge does not take $address" "ip's message stands above"
  done
  while read -r seen; do
    [[ -z $seen || $wanted == *" $seen "* ]] || ip addr del "$seen" dev "$bridge"
  done < <(ip -o addr show dev "$bridge" scope global permanent | awk '{ print $4 }')
}

# Two entries for each peer: one for frames to everybody, one for those to its bridge.
apply_peers() {
  local name=${CONFIG[INTERFACE]} peer mac destination flags
  local -A wanted=() present=()
  for peer in "${PEERS[@]}"; do
    wanted["00:00:00:00:00:00 $peer"]=1
    wanted["$(mac_of "$peer") $peer"]=1
  done
  while read -r mac destination flags; do
    if [[ ${wanted["$mac $destination"]:-} ]]; then
      present["$mac $destination"]=1
    elif [[ " ${PEERS[*]} " != *" $destination "* || $flags == *permanent* || $flags == *static* ]]; then
      bridge fdb del "$mac" dev "$name" dst "$destination"
    fi
  done < <(bridge fdb show dev "$name" | sed -n 's/^\([0-9a-f:]*\) dst \([^ ]*\) \(.*\)/\1 \2 \3/p')
  for destination in "${!wanted[@]}"; do
    [[ ${present[$destination]:-} ]] && continue
    read -r mac peer <<<"$destination"
    bridge fdb append "$mac" dev "$name" dst "$peer" || fail PEER_FAILED "$name does not take the peer $peer" "bridge's message stands above"
  done
}

# Writes the peers into the file, whole or not at all.
save_peers() {
  UNFINISHED=$(mktemp "$FILE.XXXXXX")
  trap 'rm -f "$UNFINISHED"' EXIT
  { grep -vE '^PEERS=' "$FILE" || true; } >"$UNFINISHED"
  printf 'PEERS="%s"\n' "$1" >>"$UNFINISHED"
  chmod --reference="$FILE" "$UNFINISHED"
  mv "$UNFINISHED" "$FILE"
  CONFIG[PEERS]=$1
}

change_peers() {
  local form peer kept=""
  form=$(canonical "$PEER")
  [[ -n $form ]] || check_peer "$PEER" "$LOCAL"
  for peer in ${CONFIG[PEERS]:-}; do
    [[ $(canonical "$peer") == "$form" ]] || kept+="${kept:+ }$peer"
  done
  if [[ $COMMAND == add-peer ]]; then
    check_peer "$PEER" "$LOCAL"
    save_peers "$kept${kept:+ }$form"
    return
  fi
  for peer in $TAGGED_PEERS; do
    [[ $(canonical "$peer") != "$form" ]] ||
      fail PEER_FROM_TAG "the tag vxlan:peers of the instance names $PEER" "change the tag, then systemctl reload vxlan"
  done
  save_peers "$kept"
}

main() {
  parse_arguments "$@"
  ((EUID == 0)) || fail NOT_ROOT "networks are changed by root alone" "sudo $0"
  need ip
  need bridge
  need nft
  [[ -d $(dirname "$FILE") ]] || fail CONFIG_MISSING "there is no folder $(dirname "$FILE")" "write the configuration to $FILE"
  # One at a time: the folder is the lock, so that no file is left.
  exec 9<"$(dirname "$FILE")"
  flock -w 60 9 || fail LOCKED "another run has not ended for a minute" "look for it: ps -C vxlan-setup.sh"
  read_config "$FILE"
  read_tags
  if [[ ${CONFIG[METADATA]} == on && -z ${CONFIG[VXLAN_ID]:-} ]]; then
    echo "vxlan: neither $FILE nor the instance's tags name a VXLAN_ID: there is nothing to set up"
    exit 0
  fi
  check_config
  find_underlay
  find_mtu
  find_peers
  [[ $COMMAND == check ]] && exit 0
  if [[ $COMMAND != apply ]]; then
    change_peers
    find_peers
  fi
  apply_firewall
  apply_links
  apply_peers
  apply_addresses
  # The last step: nothing is sent before all of it stands.
  ip link set dev "${CONFIG[BRIDGE]}" up
  ip link set dev "${CONFIG[INTERFACE]}" up
  echo "vxlan: ${CONFIG[VXLAN_ID]} on $UNDERLAY ($LOCAL), MTU $MTU, ${#PEERS[@]} peers"
}

main "$@"
