import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { Stack } from "../../project/project";

/** What the stacks ask of one provider. */
export interface Requirement {
  /** Full address, e.g. `registry.terraform.io/hashicorp/aws`. */
  readonly address: string;

  /** Version constraint; empty for any. */
  readonly constraints: string;

  /** Stacks that ask for it. */
  readonly stacks: readonly string[];
}

/**
 * The providers that a project's stacks require.
 *
 * @throws CliError when two stacks ask for one provider with different constraints: a lock holds one.
 */
export function requirementsOf(stacks: readonly Stack[]): readonly Requirement[] {
  const found = new Map<string, Requirement>();
  for (const stack of stacks) {
    for (const [name, { source = name, version = "" }] of Object.entries(
      stack.json.terraform?.required_providers ?? {},
    )) {
      const address = fullAddress(source);
      const before = found.get(address);
      if (before && before.constraints !== version) {
        throw new CliError(
          EXIT.USAGE,
          `${address} is required as ${JSON.stringify(before.constraints)} and as ${JSON.stringify(version)}`,
          `at stacks ${before.stacks.join(", ")} and ${stack.name}`,
          "require one range in every stack, e.g. by awsProvider() of @groundplan/modules/core",
        );
      }
      found.set(address, { address, constraints: version, stacks: [...(before?.stacks ?? []), stack.name] });
    }
  }
  return [...found.values()];
}

/** A provider's full address; Terraform lets the host and the namespace be left out. */
export function fullAddress(source: string): string {
  const parts = source.toLowerCase().split("/");
  return ["registry.terraform.io", "hashicorp"]
    .slice(0, 3 - parts.length)
    .concat(parts)
    .join("/");
}
