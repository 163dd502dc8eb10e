import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pluralize } from "../console/words";
import { readInputFile } from "../input/file";
import type { Stack } from "../project/project";
import { tokenVariable } from "../terraform/hcp";
import { type Finding, ok, warn } from "./finding";

const CHECK = "Backend";

const CLOUD_HOST = "app.terraform.io";

/** The backends other than S3: what they are, and whether they will do. Terraform alone speaks to them. */
export function checkOtherBackends(stacks: readonly Stack[]): readonly Finding[] {
  const byBackend = new Map<string, Stack[]>();
  for (const stack of stacks) {
    const { backend = {}, cloud } = stack.json.terraform ?? {};
    const [name = "local"] = cloud ? ["cloud"] : Object.keys(backend);
    byBackend.set(name, [...(byBackend.get(name) ?? []), stack]);
  }
  return [...byBackend].flatMap(([name, of]) => {
    if (name === "s3") return notSeen(of);
    if (name === "cloud" || name === "remote") return hostsOf(of).map((host) => checkHost(host, of));
    const count = pluralize(of.length, "stack", "stacks");
    if (name !== "local") return ok(CHECK, `${name}, of ${count}; Terraform alone speaks to it`);
    return warn(
      CHECK,
      `${count} of ${stacks.length} ${of.length === 1 ? "keeps its" : "keep their"} state in a file here, which nobody else sees`,
      "give them a backend that a team shares: https://developer.hashicorp.com/terraform/language/backend",
    );
  });
}

/** S3 backends whose bucket or key only Terraform is told. */
function notSeen(stacks: readonly Stack[]): readonly Finding[] {
  const partial = stacks.filter(({ json }) => {
    const { bucket, key } = json.terraform?.backend?.s3 ?? {};
    return typeof bucket !== "string" || typeof key !== "string";
  });
  if (partial.length === 0) return [];
  return [
    warn(
      CHECK,
      `the S3 backend of ${partial.map(({ name }) => name).join(", ")} names no bucket or no key: not checked`,
      "set both in the backend's block: what terraform init is told with -backend-config is not seen here",
    ),
  ];
}

function hostsOf(stacks: readonly Stack[]): readonly string[] {
  const hosts = stacks.map(({ json }) => {
    const { hostname } = json.terraform?.cloud ?? json.terraform?.backend?.remote ?? {};
    return typeof hostname === "string" ? hostname : process.env.TF_CLOUD_HOSTNAME || CLOUD_HOST;
  });
  return [...new Set(hosts)];
}

function checkHost(host: string, stacks: readonly Stack[]): Finding {
  const found = `${host === CLOUD_HOST ? "HCP Terraform" : "Terraform Enterprise"} at ${host}, of ${pluralize(stacks.length, "stack", "stacks")}`;
  if (hasToken(host)) return ok(CHECK, found);
  return warn(
    CHECK,
    `${found}: no token of it was found`,
    `log in: terraform login ${host}; in CI: set ${tokenVariable(host)}`,
  );
}

/** Largest file of Terraform's settings that is read, in bytes: 5 MB. */
const LARGEST = 5_000_000;

/** Whether Terraform will find a token: in its variables, where `terraform login` puts it, or in its configuration. */
function hasToken(host: string): boolean {
  if (process.env[tokenVariable(host)]) return true;
  const config = process.env.TF_CLI_CONFIG_FILE || join(homedir(), ".terraformrc");
  const login = join(homedir(), ".terraform.d", "credentials.tfrc.json");
  return [config, login].some((file) => {
    if (!existsSync(file)) return false;
    const text = readInputFile(
      file,
      { bytes: LARGEST },
      "fix the file, or log in again: terraform login",
    ).toString();
    return text.includes(`"${host}"`) || /^\s*credentials_helper\b/m.test(text);
  });
}
