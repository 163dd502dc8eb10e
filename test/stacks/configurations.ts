import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cutLock, requiredProviders } from "@groundplan/modules/core/lock";
import { parseLock } from "../../cli/terraform/lock/lock-file";
import { providerEnvironment } from "../../cli/terraform/mirror";
import { temporaryFolder } from "../temporary-folder";

const LOCK = readFileSync(join(__dirname, "..", "..", ".terraform.lock.hcl"), "utf8");

/** The committed lock, cut to AWS and the other providers that these configurations require. */
export function lockFor(all: Iterable<string>): string {
  const required = [...all].flatMap((json) => [...requiredProviders(json)]);
  return cutLock(LOCK, new Set(["registry.terraform.io/hashicorp/aws", ...required]));
}

/**
 * Providers of the lock that Terraform cannot get here, neither from a mirror nor from the registry. It is asked
 * really, one by one; that takes a tenth of a second where there is no network.
 */
export function lackingProviders(): ReadonlySet<string> {
  const lacking = parseLock(LOCK).filter(({ address, version }) => {
    const folder = temporaryFolder("provider");
    try {
      const name = address.split("/").at(-1) ?? address;
      const required = { [name]: { source: address, version } };
      writeFileSync(
        join(folder, "main.tf.json"),
        JSON.stringify({ terraform: { required_providers: required } }),
      );
      const env = {
        ...process.env,
        ...providerEnvironment(join(folder, "terraform.rc")),
        CHECKPOINT_DISABLE: "1",
        TF_REGISTRY_DISCOVERY_RETRY: "0",
        TF_REGISTRY_CLIENT_TIMEOUT: "5",
      };
      return spawnSync("terraform", ["init", "-input=false"], { cwd: folder, env }).status !== 0;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  return new Set(lacking.map(({ address }) => address));
}

/** The providers that a configuration requires and Terraform cannot get, by their short names. */
export function lackedBy(json: string, lacking: ReadonlySet<string>): readonly string[] {
  return [...requiredProviders(json)]
    .filter((address) => lacking.has(address))
    .map((address) => address.split("/").slice(1).join("/"));
}

interface Configuration {
  terraform?: { required_providers?: Record<string, unknown> };
  provider?: Record<string, unknown>;
  resource?: Record<string, Record<string, { depends_on?: string[] }>>;
  data?: Record<string, unknown>;
}

/** A configuration without what belongs to providers that Terraform cannot get: the rest can be checked all the same. */
export function withoutProviders(json: string, lacking: ReadonlySet<string>): string {
  const names = lackedBy(json, lacking).map((short) => short.split("/").at(-1) ?? short);
  if (names.length === 0) return json;
  const theirs = (type: string) => names.some((name) => type === name || type.startsWith(`${name}_`));
  const configuration: Configuration = JSON.parse(json);
  for (const part of [configuration.terraform?.required_providers, configuration.provider]) {
    for (const name of names) delete part?.[name];
  }
  for (const part of [configuration.resource, configuration.data]) {
    for (const type of Object.keys(part ?? {}).filter(theirs)) delete part?.[type];
  }
  for (const made of Object.values(configuration.resource ?? {})) {
    for (const resource of Object.values(made)) {
      const kept = resource.depends_on?.filter((address) => !theirs(address.split(".")[0] ?? ""));
      if (kept) resource.depends_on = kept;
    }
  }
  // A block of resources without any is a fault to Terraform.
  for (const part of ["resource", "data"] as const) {
    if (Object.keys(configuration[part] ?? {}).length === 0) delete configuration[part];
  }
  return JSON.stringify(configuration);
}
