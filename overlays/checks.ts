import { Faults } from "@groundplan/modules/core/errors";
import { NAME_RULES, nameFaults } from "@groundplan/modules/core/names";
import { type Cidr, overlaps, parseCidr } from "@groundplan/modules/network/cidr";
import type { Environment } from "./environment";
import { OverlayFaults } from "./overlay-faults";
import { checkAddons } from "./settings/addons";
import { checkApi } from "./settings/api";
import { checkCluster, checkClusterPlace } from "./settings/cluster";
import { checkDelivery } from "./settings/delivery";
import { checkGitOps } from "./settings/gitops";
import { checkImages } from "./settings/images";
import { checkNetwork } from "./settings/network";
import type { Platform } from "./settings/platform";
import { checkPreviews } from "./settings/previews";
import { checkRegistry, registryOwnerFaults, sharedRegistryFaults } from "./settings/registry";
import { checkRunners } from "./settings/runners";
import { checkTags } from "./settings/tags";

/**
 * Judges environments one by one and together.
 *
 * @param platform - what says whose the registry of an account is.
 * @returns the same environments, so that a caller can hand them on.
 * @throws SynthError with every fault of every overlay: its name, the key, the value it got, and a valid one.
 */
export function checkEnvironments(
  environments: readonly Environment[],
  platform?: Pick<Platform, "name" | "registryOwners" | "legacyNames">,
): readonly Environment[] {
  const faults = new Faults();
  for (const environment of environments) checkOne(new OverlayFaults(faults, environment), environment);
  checkNames(faults, environments);
  checkRanges(faults, environments);
  faults.addAll(sharedRegistryFaults(environments));
  if (platform !== undefined) faults.addAll(registryOwnerFaults(platform, environments));
  faults.throwIfAny("overlays");
  return environments;
}

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

function checkOne(faults: OverlayFaults, environment: Environment): void {
  const { name, account, region } = environment;
  for (const fault of nameFaults(NAME_RULES.environment, name))
    faults.add("name", name, fault.what, fault.instead);
  // An account that is missing in platform.ts is told by checkRegistration.
  if (!/^(?:\d{12})?$/.test(account)) {
    faults.add("account", account, "an AWS account id has 12 digits", 'use e.g. "123456789012"');
  }
  if (!REGION.test(region))
    faults.add("region", region, "not the form of an AWS Region", 'use e.g. "us-east-1"');
  checkTags(faults, environment.tags);
  checkNetwork(faults, environment.network, environment);
  checkRegistry(faults, environment.registry, environment);
  checkCluster(faults, environment.cluster, environment.network.availabilityZones);
  checkClusterPlace(faults, environment);
  checkApi(faults, environment.api);
  checkGitOps(faults, environment);
  checkAddons(faults, environment.addons);
  checkDelivery(faults, environment.delivery, environment.addons);
  checkPreviews(faults, environment.previews);
  checkRunners(faults, environment.runners);
  checkImages(faults, environment.images);
}

function checkNames(faults: Faults, environments: readonly Environment[]): void {
  const names = environments.map((environment) => environment.name);
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index))) {
    faults.add(
      `two overlays have the name ${JSON.stringify(name)}`,
      "give each environment a name of its own",
    );
  }
}

/** The ranges of an environment's VPC: peering takes two VPCs only where none of both meet. */
const RANGES = ["cidr", "podCidr"] as const;

function checkRanges(faults: Faults, environments: readonly Environment[]): void {
  const all = environments.flatMap((environment) =>
    RANGES.flatMap((key) => {
      const text = environment.network[key];
      const range = text === undefined ? undefined : parseCidr(text);
      return range === undefined ? [] : [{ name: environment.name, key, text, range }];
    }),
  );
  const taken = all.map(({ range }) => range);
  all.forEach((one, index) => {
    for (const other of all.slice(index + 1)) {
      if (one.name === other.name || !overlaps(one.range, other.range)) continue;
      faults.addAll([
        {
          what: `network.${other.key} is ${JSON.stringify(other.text)}: overlaps ${JSON.stringify(one.text)} of overlay ${JSON.stringify(one.name)}`,
          instead: `use a range that no environment has, e.g. "${freeRange(other.key, taken)}"`,
          at: `overlay ${JSON.stringify(other.name)}`,
        },
      ]);
    }
  });
}

/** A /16 that no environment overlaps: below 10.0.0.0/8, or of the range for carriers, which pods have. */
function freeRange(key: (typeof RANGES)[number], taken: readonly Cidr[]): string {
  const [first, least, most] = key === "cidr" ? [10, 0, 255] : [100, 64, 127];
  for (let second = least; second <= most; second++) {
    const text = `${first}.${second}.0.0/16`;
    const candidate = parseCidr(text);
    if (candidate && !taken.some((range) => overlaps(range, candidate))) return text;
  }
  return "172.16.0.0/16";
}
