import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Fault } from "../../core/errors";
import { agentSettings } from "../instance-logs";

/** The program of the runner that instances download. */
export interface RunnerProgram {
  /** Version, 2.329.0 or later: GitHub lets no older one register, and gives none jobs that is 30 days behind. */
  readonly version: string;

  /** SHA-256 of the archives for Linux, 64 hexadecimal digits, as the release page shows them. */
  readonly sha256: { readonly x64: string; readonly arm64: string };

  /**
   * Where the releases are: `<url>/v<version>/actions-runner-linux-<architecture>-<version>.tar.gz`.
   *
   * @default - GitHub's own
   */
  readonly url?: string;
}

/** What an instance is told. */
export interface UserDataProps {
  /** Name of the fleet, which its log groups have. */
  readonly fleet: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Path of the parameters that hold configurations. */
  readonly parameterPath: string;

  /** The program of the runner, for as long as the bucket has none. */
  readonly program: RunnerProgram;

  /** Bucket in which the newest program of the runner is. */
  readonly programBucket: string;

  /** Whether Nginx leads port 80 to port 8080. */
  readonly proxy: boolean;

  /** Whether it stays between jobs, and registers by itself; the runner of one job is registered before its instance starts. */
  readonly isStanding: boolean;
}

/** Bytes of user data that EC2 takes. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
const MOST_BYTES = 16_384;

const SCRIPT = join("runner", "user-data", "runner.sh");

/**
 * The user data of an instance: it puts the script and its settings into place, and has systemd start it once
 * cloud-init is through, at every boot: cloud-init's own target wants it, for multi-user.target is before cloud-init's end. Run
 * again, it changes nothing.
 */
export function userData({
  fleet,
  region,
  parameterPath,
  program,
  programBucket,
  proxy,
  isStanding,
}: UserDataProps): string {
  const settings = {
    MODE: isStanding ? "standing" : "ephemeral",
    REGION: region,
    PARAMETERS: parameterPath,
    PROGRAM_BUCKET: programBucket,
    RUNNER_VERSION: program.version,
    RUNNER_SHA256_X64: program.sha256.x64,
    RUNNER_SHA256_ARM64: program.sha256.arm64,
    RUNNER_URL: program.url ?? "https://github.com/actions/runner/releases/download",
    PROXY: String(proxy),
    IMDS: "http://169.254.169.254",
  };
  const text = `#!/bin/bash
set -euo pipefail
install -d -m 700 /etc/groundplan-runner
cat >/etc/groundplan-runner/settings <<'SETTINGS_END'
${Object.entries(settings)
  .map(([name, value]) => `${name}=${quoted(value)}`)
  .join("\n")}
SETTINGS_END
cat >/etc/groundplan-runner/logs.json <<'LOGS_END'
${JSON.stringify(agentSettings(fleet))}
LOGS_END
cat >/usr/local/sbin/groundplan-runner <<'SCRIPT_END'
${withoutComments(readFileSync(scriptFile(), "utf8"))}SCRIPT_END
chmod 700 /usr/local/sbin/groundplan-runner
cat >/etc/systemd/system/groundplan-runner.service <<'UNIT_END'
[Unit]
Description=GitHub Actions runner
Wants=network-online.target
After=network-online.target cloud-final.service
[Service]
Type=exec
ExecStart=/usr/local/sbin/groundplan-runner
StandardOutput=journal+console
[Install]
WantedBy=cloud-init.target
UNIT_END
systemctl daemon-reload
systemctl enable groundplan-runner.service
systemctl start --no-block groundplan-runner.service
`;
  if (Buffer.byteLength(text) > MOST_BYTES) throw new Error(`user data has more than ${MOST_BYTES} bytes`);
  return text;
}

/** Least version that may register. */
const LEAST_VERSION = [2, 329, 0] as const;

/** The faults of the runner's program. */
export function programFaults({ version, sha256, url }: RunnerProgram): readonly Fault[] {
  const faults: Fault[] = [];
  const numbers = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1).map(Number);
  if (!numbers || compare(numbers, LEAST_VERSION) < 0) {
    faults.push({
      what: `runner version ${JSON.stringify(version)} cannot register: GitHub takes ${LEAST_VERSION.join(".")} and later`,
      instead: `use the newest of https://github.com/actions/runner/releases`,
    });
  }
  for (const [architecture, digits] of Object.entries(sha256)) {
    if (/^[0-9a-f]{64}$/.test(digits)) continue;
    faults.push({
      what: `sha256.${architecture} of the runner is ${JSON.stringify(digits)}, and has not 64 hexadecimal digits`,
      instead: "copy it from the release page of that version",
    });
  }
  if (url !== undefined && !/^https:\/\/[\w.-]+(?:\/[\w.~-]+)*$/.test(url)) {
    faults.push({
      what: `the runner's url ${JSON.stringify(url)} is not an https address without a slash at its end`,
      instead: 'use e.g. "https://mirror.example.com/actions-runner", or leave it out',
    });
  }
  return faults;
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [index, number] of one.entries()) {
    const difference = number - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A text as a word of the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The script without what only its readers need: 16 KB are little. */
function withoutComments(script: string): string {
  return script.replaceAll(/^ *# (?!shellcheck).*\n/gm, "");
}

/** The script lies beside the source, and not beside what was compiled of it. */
function scriptFile(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const file = join(folder, SCRIPT);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) throw new Error(`${SCRIPT} is not above ${__dirname}`);
  }
}
