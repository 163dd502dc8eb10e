# shellcheck shell=bash
# Reads and judges /etc/vxlan/vxlan.conf; vxlan-setup.sh sources it. The file is read as text and never run.

# Ends with a failure's name, what is wrong, and what to do. The names are listed in docs/images.md.
fail() {
  printf 'vxlan: %s: %s\n  %s\n' "$1" "$2" "$3" >&2
  exit 1
}

declare -A CONFIG=()
KEYS="VXLAN_ID PEERS ADDRESSES UNDERLAY FAMILY LOCAL PORT MTU INTERFACE BRIDGE LEARNING CHECKSUM_OFFLOAD METADATA METADATA_URL"

read_config() {
  local file=$1 line key value number=0
  CONFIG=([UNDERLAY]=auto [FAMILY]=auto [LOCAL]=auto [PORT]=4789 [MTU]=auto [INTERFACE]=vxlan0 [BRIDGE]=br-vxlan
    [LEARNING]=off [CHECKSUM_OFFLOAD]=on [METADATA]=off [METADATA_URL]=http://169.254.169.254)
  [[ -r $file ]] || fail CONFIG_MISSING "there is no readable file $file" "copy vxlan.conf.example to it, and name the peers"
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
    [[ $line =~ ^([A-Z_]+)=\"?([A-Za-z0-9\ .:/_-]*)\"?[[:space:]]*$ ]] ||
      fail CONFIG_LINE_INVALID "line $number of $file is not KEY=value" 'write e.g. PEERS="10.0.1.10 10.0.1.11"'
    key=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
    [[ " $KEYS " == *" $key "* ]] || fail CONFIG_KEY_UNKNOWN "line $number of $file has the key $key" "use one of: $KEYS"
    CONFIG[$key]=$value
  done <"$file"
}

# Peers, addresses and id as tags of the instance name them, when METADATA=on. Tags have to be allowed in the metadata.
TAGGED_PEERS=""
read_tags() {
  [[ ${CONFIG[METADATA]} == on ]] || return 0
  local url=${CONFIG[METADATA_URL]} token tag
  need curl
  token=$(curl -fs --max-time 5 --retry 2 --retry-delay 1 --retry-connrefused -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$url/latest/api/token") ||
    fail METADATA_UNREACHABLE "$url gives no token" "allow the instance's metadata (IMDSv2), or set METADATA=off"
  for tag in id peers addresses; do
    local answer status
    answer=$(curl -s --max-time 5 -w '\n%{http_code}' -H "X-aws-ec2-metadata-token: $token" "$url/latest/meta-data/tags/instance/vxlan:$tag") ||
      fail METADATA_UNREACHABLE "$url does not answer for the tag vxlan:$tag" "allow the instance's metadata (IMDSv2), or set METADATA=off"
    status=${answer##*$'\n'} answer=${answer%$'\n'*}
    # Without such a tag, or without tags in the metadata.
    [[ $status == 404 ]] && continue
    [[ $status == 200 && $answer =~ ^[0-9A-Fa-f\ .:/]*$ ]] ||
      fail TAG_INVALID "the tag vxlan:$tag is no list of addresses or numbers (HTTP $status)" "write e.g. 10.0.1.10 10.0.1.11"
    # shellcheck disable=SC2034 # vxlan-setup.sh reads TAGGED_PEERS.
    case $tag in
      id) [[ -n ${CONFIG[VXLAN_ID]:-} ]] || CONFIG[VXLAN_ID]=$answer ;;
      peers) TAGGED_PEERS=$answer ;;
      addresses) [[ -n ${CONFIG[ADDRESSES]:-} ]] || CONFIG[ADDRESSES]=$answer ;;
    esac
  done
}

need() {
  command -v "$1" >/dev/null || fail TOOL_MISSING "$1 is not installed" "apt-get install iproute2 nftables ethtool curl"
}

# One form for each address (RFC 5952), so that two can be compared; nothing when it is none.
canonical() {
  local address=${1,,} part
  if [[ $address =~ ^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$ ]]; then
    for part in "${BASH_REMATCH[@]:1}"; do
      [[ $part == 0 || $part =~ ^[1-9] ]] && ((part <= 255)) || return 0
    done
    echo "$address"
  elif [[ $address == *:* && $address =~ ^[0-9a-f:]+$ ]]; then
    canonical6 "$address"
  fi
}

canonical6() {
  local address=$1 head=$1 tail="" groups=() group longest=0 start=-1 run=0 at text=""
  if [[ $address == *::* ]]; then
    head=${address%%::*} tail=${address#*::}
    [[ $tail == *::* ]] && return 0
  fi
  [[ $head == :* || $head == *: || $tail == :* || $tail == *: ]] && return 0
  local heads=() tails=()
  IFS=: read -ra heads <<<"$head"
  IFS=: read -ra tails <<<"$tail"
  local zeros=$((8 - ${#heads[@]} - ${#tails[@]}))
  if [[ $address == *::* ]]; then ((zeros >= 1)) || return 0; else ((zeros == 0)) || return 0; fi
  groups=("${heads[@]}")
  for ((at = 0; at < zeros; at++)); do groups+=(0); done
  groups+=("${tails[@]}")
  for at in "${!groups[@]}"; do
    group=${groups[at]}
    [[ $group =~ ^[0-9a-f]{1,4}$ ]] || return 0
    # Without a process for each group: an address has eight.
    printf -v "groups[at]" '%x' "0x$group"
    if [[ ${groups[at]} == 0 ]]; then run=$((run + 1)); else run=0; fi
    if ((run > longest && run >= 2)); then longest=$run start=$((at - run + 1)); fi
  done
  for ((at = 0; at < 8; at++)); do
    if ((at == start)); then
      text+="::" at=$((at + longest - 1))
    else
      [[ -z $text || $text == *: ]] || text+=:
      text+=${groups[at]}
    fi
  done
  echo "$text"
}

family_of() {
  if [[ $1 == *:* ]]; then echo ipv6; else echo ipv4; fi
}

is_number() {
  [[ $1 =~ ^(0|[1-9][0-9]{0,8})$ ]] && (($1 >= $2 && $1 <= $3))
}

# Judges what can be judged without the network.
check_config() {
  local key address prefix most
  [[ -n ${CONFIG[VXLAN_ID]:-} ]] || fail VXLAN_ID_MISSING "VXLAN_ID has no value" "write e.g. VXLAN_ID=42"
  is_number "${CONFIG[VXLAN_ID]}" 1 16777215 ||
    fail VXLAN_ID_INVALID "VXLAN_ID is ${CONFIG[VXLAN_ID]}" "use a whole number of 1 to 16777215, the same on every peer"
  is_number "${CONFIG[PORT]}" 1 65535 || fail PORT_INVALID "PORT is ${CONFIG[PORT]}" "use 1 to 65535; 4789 is VXLAN's own"
  [[ ${CONFIG[MTU]} == auto ]] || is_number "${CONFIG[MTU]}" 576 9150 ||
    fail MTU_INVALID "MTU is ${CONFIG[MTU]}" "use auto, or 576 to 9150"
  for key in INTERFACE BRIDGE; do
    [[ ${CONFIG[$key]} =~ ^[A-Za-z][A-Za-z0-9_-]{0,14}$ ]] ||
      fail INTERFACE_NAME_INVALID "$key is ${CONFIG[$key]}" "use 1 to 15 letters, digits, - and _, e.g. vxlan0"
  done
  for key in LEARNING CHECKSUM_OFFLOAD METADATA; do
    [[ ${CONFIG[$key]} =~ ^(on|off)$ ]] || fail SWITCH_INVALID "$key is ${CONFIG[$key]}" "use on or off"
  done
  [[ ${CONFIG[FAMILY]} =~ ^(auto|ipv4|ipv6)$ ]] || fail FAMILY_INVALID "FAMILY is ${CONFIG[FAMILY]}" "use auto, ipv4 or ipv6"
  for address in ${CONFIG[ADDRESSES]:-}; do
    prefix=${address#*/} most=32
    [[ $address == *:* ]] && most=128
    { [[ $address == */* && -n $(canonical "${address%/*}") ]] && is_number "$prefix" 1 $most; } ||
      fail ADDRESS_INVALID "ADDRESSES has $address" "use an address with the length of its prefix, e.g. 192.168.100.1/24"
  done
}

# What is wrong with a peer, given the local address; ends when there is something.
check_peer() {
  local peer=$1 own=$2 form
  form=$(canonical "$peer")
  [[ -n $form ]] || fail PEER_INVALID "the peer $peer is no address" "use the private IPv4 or the IPv6 address of an instance"
  [[ $form =~ ^(22[4-9]|23[0-9])\. || $form == ff* ]] &&
    fail PEER_IS_MULTICAST "the peer $peer is a multicast group" "a VPC carries no multicast: name every peer by its own address"
  [[ $form =~ ^(0|127|2[4-5][0-9])\. || $form == :: || $form == ::1 ]] &&
    fail PEER_INVALID "the peer $peer is no address of another instance" "use the private IPv4 or the IPv6 address of an instance"
  [[ $(family_of "$form") == $(family_of "$own") ]] ||
    fail PEER_FAMILY_MISMATCH "the peer $peer and the local address $own are of two families" "use one family, and set FAMILY"
  [[ $form != "$own" ]] || fail PEER_IS_SELF "the peer $peer is this machine" "leave it out here"
}
