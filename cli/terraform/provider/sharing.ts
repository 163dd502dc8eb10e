import { existsSync, readdirSync } from "node:fs";
import type { Stack } from "../../project/project";
import { fullAddress } from "../lock/requirements";
import type { TerraformSetting } from "../stack";

/**
 * Address of the provider that stacks may share: the largest there is, and the only one of which it was measured
 * that a process that is used again plans what a fresh one plans.
 */
export const SHARED_PROVIDER = "registry.terraform.io/hashicorp/aws";

/**
 * Stacks of the same text may be planned by one process of the provider, one after another: they require the same
 * versions of it and configure it once, word for word alike. `undefined` for a stack that needs a process of its own.
 *
 * A process keeps connections and credentials of its configuration, so all of it counts: Region, role, tags,
 * endpoints. A configuration that is not known before Terraform evaluates it (`${…}`), a second one (an alias),
 * and modules and files that may hold one are never shared.
 */
export function sharingKey({ json, folder }: Stack): string | undefined {
  if ("module" in json || hasOtherFiles(folder)) return undefined;
  const [required, another] = Object.entries(json.terraform?.required_providers ?? {}).filter(
    ([name, { source = name }]) => fullAddress(source) === SHARED_PROVIDER,
  );
  if (!required || another) return undefined;
  const [name, { source: _, version, ...more }] = required;
  const blocks: unknown = json.provider?.[name];
  if (!Array.isArray(blocks) || blocks.length !== 1 || Object.keys(more).length > 0) return undefined;
  const block: unknown = blocks[0];
  if (typeof block !== "object" || block === null) return undefined;
  // The second configuration of a process with a certificate bundle of its own fails.
  if ("alias" in block || "custom_ca_bundle" in block) return undefined;
  const text = JSON.stringify({ version, block });
  return /[$%]\{/.test(text) ? undefined : text;
}

/**
 * The key of each stack that can be lent a process; also of one that shares it with no other: its commands do.
 *
 * @param env - variables with which Terraform runs for a stack: its credentials count too.
 */
export function sharingKeys(
  stacks: readonly Stack[],
  env: TerraformSetting["env"],
): ReadonlyMap<string, string> {
  const keys = stacks.flatMap((stack): [string, string][] => {
    const key = sharingKey(stack);
    // JSON leaves out a variable that is taken away.
    const variables = Object.entries(env(stack)).map(([name, value]) => [name, value ?? null]);
    return key === undefined ? [] : [[stack.name, JSON.stringify([key, variables])]];
  });
  return new Map(keys);
}

/**
 * Why a run shares no provider, whatever its stacks are; `undefined` when it may.
 *
 * @param product - Terraform, or OpenTofu, whose registry gives the provider another address.
 */
export function sharingObstacle(
  product: string,
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (product !== "Terraform") return `${product} names its providers otherwise`;
  if (platform === "win32") return "Windows has no sh";
  if (environment.TF_REATTACH_PROVIDERS) return "TF_REATTACH_PROVIDERS is set";
  if (environment.TF_DATA_DIR) return "TF_DATA_DIR is set";
  const log = Object.keys(environment).find((name) => name.startsWith("TF_LOG") && environment[name]);
  if (log !== undefined) return `${log} is set, and a shared provider's log is in no stack's`;
  const bundle = environment.AWS_CA_BUNDLE;
  if (bundle && (platform !== "linux" || !existsSync(bundle))) return "AWS_CA_BUNDLE is set";
  return undefined;
}

/** Whether a folder holds Terraform files that CDKTF has not written. */
function hasOtherFiles(folder: string): boolean {
  const own = new Set(["cdk.tf.json"]);
  return readdirSync(folder).some((name) => /\.(?:tf|tofu)(?:\.json)?$/.test(name) && !own.has(name));
}
