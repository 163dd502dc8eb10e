import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { Requirement } from "./requirements";

/** What is taken of a provider's versions, beside what the stacks allow: constraints by its full address. */
export type Choices = ReadonlyMap<string, string>;

/**
 * Reads `aws=6.x`: of a provider by its name or its address, a major (`6.x`), a minor (`6.66.x`), one version, or
 * constraints as Terraform writes them.
 *
 * @throws CliError for a text of another form, and a provider that no stack requires.
 */
export function readChoices(texts: readonly string[], requirements: readonly Requirement[]): Choices {
  return new Map(
    texts.map((text) => {
      const [, name = "", versions = ""] = /^([^=]*)=(.*)$/.exec(text) ?? [];
      const constraints = constraintsOf(versions.trim());
      if (name === "" || constraints === undefined) {
        throw new CliError(
          EXIT.USAGE,
          `${JSON.stringify(text)} names no provider and its versions`,
          'use e.g. aws=6.x, aws=6.66.x, aws=6.66.0 or "aws=~> 6.8"',
        );
      }
      const found = requirements.filter(({ address }) => address === name || address.endsWith(`/${name}`));
      const [one] = found;
      if (one && found.length === 1) return [one.address, constraints] as const;
      const known = requirements.map(({ address }) => address).join(", ");
      throw new CliError(
        EXIT.USAGE,
        `${found.length === 0 ? "no stack requires" : "several providers are called"} ${JSON.stringify(name)}`,
        found.length === 0 && known === "" ? "synthesize first: npx cdktf synth" : `use one of ${known}`,
      );
    }),
  );
}

const CONSTRAINT = /^(?:~>|>=|<=|!=|=|>|<)?\s*\d+(?:\.\d+){0,2}$/;

function constraintsOf(versions: string): string | undefined {
  const [, major, minor] = /^(\d+)\.(?:(\d+)\.)?x$/.exec(versions) ?? [];
  // The rightmost number may grow.
  if (major !== undefined) return `~> ${major}.${minor === undefined ? "0" : `${minor}.0`}`;
  const all = versions.split(",").map((one) => one.trim());
  return all.every((one) => CONSTRAINT.test(one)) ? all.join(", ") : undefined;
}
