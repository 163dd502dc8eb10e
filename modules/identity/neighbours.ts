import type { Fault } from "../core/errors";

/** How the IAM names of an environment begin: `<environment>-` and `<platform>-<environment>-`. */
export function iamHeads(platform: string, environment: string): readonly string[] {
  return [`${environment}-`, `${platform}-${environment}-`];
}

/** The faults of the environments of an account: two whose names no policy can tell apart. */
export function neighbourFaults(platform: string, environments: readonly string[]): readonly Fault[] {
  return environments.flatMap((one) =>
    environments
      .filter((other) => one === `${platform}-${other}`)
      .map((other) => ({
        what: `environments ${JSON.stringify(other)} and ${JSON.stringify(one)} share an account, and the names that both make in IAM begin with "${one}-": each could change the other's roles`,
        instead: `give ${JSON.stringify(one)} an account of its own, or a name that does not begin with "${platform}-"`,
      })),
  );
}
