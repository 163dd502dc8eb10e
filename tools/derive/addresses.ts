import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { addStacks } from "../../stacks";
import type { Source } from "./source";

type Of = Pick<Source, "platform" | "environments">;

/** Terraform addresses of every stack, each with its stack before it, sorted. */
export function addresses({ platform, environments }: Of): readonly string[] {
  const outdir = mkdtempSync(join(tmpdir(), "groundplan-addresses-"));
  try {
    const app = new App({ outdir });
    addStacks(app, platform, environments);
    app.synth();
    const stacks = join(outdir, "stacks");
    return readdirSync(stacks)
      .flatMap((stack) => {
        const { resource = {} } = JSON.parse(readFileSync(join(stacks, stack, "cdk.tf.json"), "utf8")) as {
          resource?: Readonly<Record<string, object>>;
        };
        return Object.entries(resource).flatMap(([type, made]) =>
          Object.keys(made).map((id) => `${stack} ${type}.${id}`),
        );
      })
      .sort();
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The groups of stacks whose addresses share a golden file. */
export function goldenGroups({ environments }: Pick<Source, "environments">): readonly string[] {
  return ["state", "identity", ...environments.map(({ name }) => name)];
}

/** The group that an address is in; undefined for one that no golden file would hold. */
export function groupOf(address: string, groups: readonly string[]): string | undefined {
  const [stack = ""] = address.split(" ");
  // The longest: `pre-prod-network` is of `pre-prod`, also beside an environment `pre`.
  const [found] = groups
    .filter((group) => stack === group || stack.startsWith(`${group}-`))
    .sort((one, other) => other.length - one.length);
  return found;
}

/** The golden files' texts by their groups. */
export function goldenAddresses(of: Of): ReadonlyMap<string, string> {
  const groups = goldenGroups(of);
  const all = addresses(of);
  return new Map(
    groups.map((group) => [
      group,
      `${all.filter((address) => groupOf(address, groups) === group).join("\n")}\n`,
    ]),
  );
}
