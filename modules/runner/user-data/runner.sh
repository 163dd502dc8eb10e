#!/bin/bash
# Makes an instance a runner of GitHub Actions, and runs it. systemd starts it, after cloud-init, at every boot.
#
# Each step is done once, is tried several times, and is written down in STATE; a second run does what is missing. When a
# step fails for good, the log says so, and the instance ends: its job, or its group, gets another one.
#
# /etc/groundplan-runner/settings has the variables; test/modules/runner/ runs the functions, and the whole of it.
set -uo pipefail

STATE=${STATE:-/var/lib/groundplan-runner}
ROOT=${ROOT:-/opt/actions-runner}
LOG=${LOG:-/var/log/user-data.log}
TRIES=${TRIES:-5}
PAUSE=${PAUSE:-10}
SHIP=${SHIP:-15}
LOOK=${LOOK:-5}
ETC=${ETC:-/etc}
AGENT=${AGENT:-/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl}
LOCAL=${LOCAL:-/usr/local}
RUNNER_USER=runner
COMPOSE=v2.40.3
NODE_VERSION=v24.19.0
NODE_SHA256_X64=f625d97cd707df4ff96254916fbc5ff014f09c09effe5a1e0ca8f6d41a8789d4
NODE_SHA256_ARM64=d28c8a5bf0a808f0ed434a1dce8c54ae98f0371c0bd86ac58abc613f73e6643f

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" | tee -a "$LOG"; }

# Tries a command until it works, with longer and longer pauses.
retry() {
  local try status
  for ((try = 1; try <= TRIES; try++)); do
    # Not behind an "if" or "||", where bash would go on after a command of the step that failed.
    (
      set -e
      "$@"
    )
    status=$?
    if ((status == 0)); then return 0; fi
    say "try $try of $TRIES failed: $1"
    if ((try < TRIES)); then sleep $((PAUSE * try)); fi
  done
  return 1
}

# Does a step unless it was done before: step NAME COMMAND...
step() {
  local name=$1
  shift
  if [ -e "$STATE/$name" ]; then return 0; fi
  say "step $name"
  retry "$@"
  local status=$?
  if ((status != 0)); then fail "$name"; fi
  touch "$STATE/$name"
}

fail() {
  say "BOOT FAILED in step $1"
  # Until that is sent.
  sleep "$SHIP"
  end
  exit 1
}

# The launch template ends an instance that shuts itself down.
end() {
  sync
  systemctl poweroff --no-block
}

# A value of the instance metadata service, version 2.
metadata() {
  local token
  token=$(curl -fsS -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$IMDS/latest/api/token")
  curl -fsS -m 5 -H "X-aws-ec2-metadata-token: $token" "$IMDS/latest/meta-data/$1"
}

await_cloud_init() {
  if command -v cloud-init >/dev/null; then
    # 2 is "done, with a warning".
    cloud-init status --wait >/dev/null || [ $? -eq 2 ]
  fi
}

# apt waits for whoever holds its locks, e.g. unattended upgrades.
packages() {
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any update
    # Ubuntu has it, and Debian has not: there, it is downloaded like on Amazon Linux.
    if apt-cache show docker-compose-v2 >/dev/null 2>&1; then APT_PACKAGES+=(docker-compose-v2); fi
    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${APT_PACKAGES[@]}"
  else
    dnf -q -y install "${DNF_PACKAGES[@]}"
  fi
}

APT_PACKAGES=(ca-certificates curl git jq unzip docker.io nginx python3 python3-venv libicu-dev)
DNF_PACKAGES=(git jq unzip docker nginx python3 libicu rsyslog amazon-cloudwatch-agent)

aws_cli() {
  if command -v aws >/dev/null; then return 0; fi
  local folder
  folder=$(mktemp -d)
  curl -fsSL -m 300 -o "$folder/aws.zip" "https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip"
  unzip -q "$folder/aws.zip" -d "$folder"
  "$folder/aws/install" --update
  rm -rf "$folder"
}

# Node and npm as their makers release them: the distributions' are of an older release, and their npm is 300 packages.
node_js() {
  if command -v npm >/dev/null; then return 0; fi
  local architecture sha256 folder part
  case $(uname -m) in
    aarch64) architecture=arm64 sha256=$NODE_SHA256_ARM64 ;;
    *) architecture=x64 sha256=$NODE_SHA256_X64 ;;
  esac
  folder=$(mktemp -d)
  curl -fsSL -m 300 -o "$folder/node.tar.gz" "https://nodejs.org/dist/$NODE_VERSION/node-$NODE_VERSION-linux-$architecture.tar.gz"
  printf '%s  %s\n' "$sha256" "$folder/node.tar.gz" | sha256sum --check --quiet -
  tar -xzf "$folder/node.tar.gz" -C "$folder" --no-same-owner --strip-components=1
  # The programs last: what is half copied is not taken for installed.
  for part in include lib share bin; do cp -a "$folder/$part" "$LOCAL/"; done
  rm -rf "$folder"
}

# Docker Compose, which Amazon Linux has no package of.
compose() {
  if docker compose version >/dev/null 2>&1; then return 0; fi
  local folder=$LOCAL/lib/docker/cli-plugins release=https://github.com/docker/compose/releases/download/$COMPOSE file
  file=docker-compose-linux-$(uname -m)
  install -d "$folder"
  curl -fsSL -m 300 -o "$folder/$file" "$release/$file"
  curl -fsSL -m 60 "$release/$file.sha256" | (cd "$folder" && sha256sum --check --quiet -)
  chmod 755 "$folder/$file"
  mv "$folder/$file" "$folder/docker-compose"
}

# Logs outlive the instance: the CloudWatch agent sends them.
logs() {
  local file
  if [ ! -x "$AGENT" ]; then
    file=$(mktemp --suffix=.deb)
    curl -fsSL -m 300 -o "$file" "https://amazoncloudwatch-agent-$REGION.s3.$REGION.amazonaws.com/ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb"
    dpkg --install "$file"
    rm -f "$file"
  fi
  # Amazon Linux has no syslog as a file of that name.
  if [ -d "$ETC/rsyslog.d" ] && ! command -v apt-get >/dev/null; then
    echo '*.info /var/log/syslog' >"$ETC/rsyslog.d/groundplan-runner.conf"
    systemctl enable rsyslog
    systemctl restart rsyslog
  fi
  "$AGENT" -a fetch-config -m ec2 -s -c "file:$ETC/groundplan-runner/logs.json"
}

# Port 80 leads to what a job publishes at 8080.
proxy() {
  if [ "$PROXY" != true ]; then
    systemctl disable --now nginx
    return
  fi
  cat >"$ETC/nginx/conf.d/groundplan-runner.conf" <<'NGINX'
server {
  listen 80 default_server;
  location / {
    proxy_pass http://127.0.0.1:8080;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $remote_addr;
  }
}
NGINX
  rm -f "$ETC/nginx/sites-enabled/default"
  nginx -t
  systemctl enable nginx
  systemctl reload-or-restart nginx
}

account() {
  id -u "$RUNNER_USER" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$RUNNER_USER"
  usermod --append --groups docker "$RUNNER_USER"
  systemctl enable --now docker
}

# The program of the runner: that of the bucket, or else the one of the settings. It has to be what the checksum says.
runner_program() {
  local architecture sha256 file current
  case $(uname -m) in
    aarch64) architecture=arm64 sha256=$RUNNER_SHA256_ARM64 ;;
    *) architecture=x64 sha256=$RUNNER_SHA256_X64 ;;
  esac
  file=$(mktemp)
  if ! current=$(aws s3 cp --region "$REGION" "s3://$PROGRAM_BUCKET/program.json" - 2>"$STATE/s3"); then
    # What is not there yet is one thing, and S3 that cannot be reached another.
    if ! grep -q '(404)' "$STATE/s3"; then
      say "$(<"$STATE/s3")"
      return 1
    fi
    current=
  fi
  if [ -n "$current" ]; then
    sha256=$(jq -er ".sha256.$architecture" <<<"$current")
    say "program $(jq -er .version <<<"$current") of the bucket"
    aws s3 cp --region "$REGION" --only-show-errors "s3://$PROGRAM_BUCKET/$sha256.tar.gz" "$file"
  else
    curl -fsSL -m 600 -o "$file" "$RUNNER_URL/v$RUNNER_VERSION/actions-runner-linux-$architecture-$RUNNER_VERSION.tar.gz"
  fi
  if ! printf '%s  %s\n' "$sha256" "$file" | sha256sum --check --quiet -; then
    rm -f "$file"
    return 1
  fi
  install -d -o "$RUNNER_USER" -g "$RUNNER_USER" "$ROOT"
  tar -xzf "$file" -C "$ROOT"
  chown -R "$RUNNER_USER:$RUNNER_USER" "$ROOT"
  rm -f "$file"
}

# The configuration of this instance's one runner, whose id is in its tags; nobody else can read it after this.
configuration() {
  local id
  id=$(metadata tags/instance/groundplan:runner)
  # With a further owner before it, where it has one: octo-org/17, octo/.github/17.
  [[ $id =~ ^([.a-z0-9_-]*[a-z0-9][.a-z0-9_-]*/){0,2}[0-9]+$ ]]
  aws ssm get-parameter --region "$REGION" --name "$PARAMETERS/$id" --with-decryption \
    --query Parameter.Value --output text >"$STATE/configuration.part"
  mv "$STATE/configuration.part" "$STATE/configuration.jit"
  aws ssm delete-parameter --region "$REGION" --name "$PARAMETERS/$id"
}

# An instance that stays registers by a token that is for itself alone, and for an hour.
registration() {
  local id parameter
  id=$(metadata instance-id)
  [[ $id =~ ^i-[0-9a-f]+$ ]]
  if [ ! -e "$ROOT/.runner" ]; then
    parameter=$(aws ssm get-parameter --region "$REGION" --name "$PARAMETERS/$id" --with-decryption \
      --query Parameter.Value --output text)
    (cd "$ROOT" && ACTIONS_RUNNER_INPUT_TOKEN=$(jq -er .token <<<"$parameter") \
      as_runner ./config.sh --unattended --url "$(jq -er .url <<<"$parameter")" --work _work \
      --name "$(jq -er .name <<<"$parameter")" --labels "$(jq -er .labels <<<"$parameter")" \
      --runnergroup "$(jq -r .group <<<"$parameter")")
  fi
  # No job is to find the token, which is good for an hour; it is gone already when a try before took it away.
  aws ssm delete-parameter --region "$REGION" --name "$PARAMETERS/$id" || true
}

as_runner() {
  setpriv --reuid "$RUNNER_USER" --regid "$RUNNER_USER" --init-groups env HOME="/home/$RUNNER_USER" "$@"
}

# EC2 says two minutes before that it takes spot capacity back, and earlier that it may. EventBridge tells the functions too: they
# take the runner off, which GitHub refuses while it has a job, and end the instance. From here nobody can know that no job begins.
watch_notices() {
  local notice said=
  while sleep "$LOOK"; do
    for notice in spot/instance-action events/recommendations/rebalance; do
      if [[ $said == *" $notice"* ]] || ! metadata "$notice" >/dev/null 2>&1; then continue; fi
      say "NOTICE $notice"
      said+=" $notice"
    done
  done
}

run() {
  say "the runner starts"
  watch_notices &
  local status=0
  if [ "$MODE" = standing ]; then
    (cd "$ROOT" && as_runner ./run.sh) || status=$?
    say "the runner has ended with $status"
    return
  fi
  # By its variable, and not by an argument: the list of processes is everybody's.
  (cd "$ROOT" && ACTIONS_RUNNER_INPUT_JITCONFIG=$(cat "$STATE/configuration.jit") \
    as_runner ./run.sh) || status=$?
  say "the runner has ended with $status"
}

main() {
  # shellcheck source=/dev/null
  . "$ETC/groundplan-runner/settings" || exit 1
  install -d -m 700 "$STATE"
  say "boot of $(metadata instance-id)"
  step cloud-init await_cloud_init
  step packages packages
  step logs logs
  step aws-cli aws_cli
  step node node_js
  step account account
  step compose compose
  step proxy proxy
  step runner-program runner_program
  # It may be read once the functions have said by whom; a token comes within minutes.
  if [ "$MODE" = standing ]; then
    TRIES=10 step registration registration
  else
    TRIES=8 step configuration configuration
  fi
  run
  end
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then main; fi
