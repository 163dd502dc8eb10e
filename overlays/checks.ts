import { Faults } from "@groundplan/modules/core/errors";
import { NAME_RULES, nameFaults } from "@groundplan/modules/core/names";
import { addonSettingsFaults } from "@groundplan/modules/gitops/settings";
import { cidrFaults, overlaps, parseCidr } from "@groundplan/modules/network/cidr";
import { natFaults } from "@groundplan/modules/network/nat-placement";
import { isLogRetention, LOG_RETENTION_DAYS } from "@groundplan/modules/network/retention";
import { slotFaults } from "@groundplan/modules/network/slots";
import { checkApi } from "./api-checks";
import { checkCluster } from "./cluster-checks";
import type { Environment } from "./environment";
import { OverlayFaults } from "./overlay-faults";
import { checkTags } from "./tag-checks";

/**
 * Judges environments one by one and together.
 *
 * @returns the same environments, so that a caller can hand them on.
 * @throws SynthError with every fault of every overlay: its name, the key, the value it got, and a valid one.
 */
export function checkEnvironments(environments: readonly Environment[]): readonly Environment[] {
  const faults = new Faults();
  for (const environment of environments) checkOne(new OverlayFaults(faults, environment), environment);
  checkNames(faults, environments);
  checkRanges(faults, environments);
  faults.throwIfAny("overlays");
  return environments;
}

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

function checkOne(faults: OverlayFaults, environment: Environment): void {
  const { name, account, region } = environment;
  for (const fault of nameFaults(NAME_RULES.environment, name))
    faults.add("name", name, fault.what, fault.instead);
  if (!/^\d{12}$/.test(account)) {
    faults.add("account", account, "an AWS account id has 12 digits", 'use e.g. "123456789012"');
  }
  if (!REGION.test(region))
    faults.add("region", region, "not the form of an AWS Region", 'use e.g. "us-east-1"');
  checkTags(faults, environment.tags);
  checkNetwork(faults, environment);
  checkRegistry(faults, environment);
  checkCluster(faults, environment.cluster);
  checkApi(faults, environment.api);
  checkGitOps(faults, environment);
}

function checkNetwork(faults: OverlayFaults, { network, region }: Environment): void {
  for (const fault of cidrFaults(network.cidr))
    faults.add("network.cidr", network.cidr, fault.what, fault.instead);

  const zones = network.availabilityZones;
  if (zones.length < 1) {
    faults.add(
      "network.availabilityZones",
      zones,
      "a VPC needs a zone",
      `use e.g. ["${region}a", "${region}b"]`,
    );
  }
  faults.distinct("network.availabilityZones", zones);
  for (const fault of slotFaults(network.cidr, zones)) {
    faults.add("network.cidr", network.cidr, fault.what, fault.instead);
  }
  for (const zone of zones) {
    if (zone.slice(0, -1) === region && /[a-h]$/.test(zone)) continue;
    faults.add(
      "network.availabilityZones",
      zone,
      `not an availability zone of ${region}`,
      `use e.g. "${region}a"`,
    );
  }

  for (const fault of natFaults(network, ["public", "private"]))
    faults.add("network.natZone", network.natZone, fault.what, fault.instead);

  const { destination, retentionDays } = network.flowLogs;
  if (destination === "cloudwatch" && !isLogRetention(retentionDays)) {
    const valid = `use one of ${LOG_RETENTION_DAYS.join(", ")}`;
    faults.add("network.flowLogs.retentionDays", retentionDays, "CloudWatch Logs does not offer it", valid);
  }
  if (destination === "s3")
    faults.wholeNumber("network.flowLogs.retentionDays", retentionDays, 1, 36_500, 30);

  faults.distinct("network.interfaceEndpoints", network.interfaceEndpoints);
  for (const service of network.interfaceEndpoints) {
    if (/^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*$/.test(service) && !service.startsWith("com.amazonaws"))
      continue;
    faults.add(
      "network.interfaceEndpoints",
      service,
      "not the short name of a service",
      'use e.g. "ecr.api"',
    );
  }
}

function checkRegistry(faults: OverlayFaults, { name, registry }: Environment): void {
  faults.distinct("registry.repositories", registry.repositories);
  for (const repository of registry.repositories) {
    // The platform's name stands in front of it as well.
    for (const fault of nameFaults(NAME_RULES.repository, `${name}/${repository}`)) {
      faults.add("registry.repositories", repository, fault.what, 'use e.g. "api"');
    }
  }
  faults.distinct("registry.pullThrough", registry.pullThrough);
  faults.wholeNumber("registry.keyDeletionDays", registry.keyDeletionDays, 7, 30, 30);
  faults.wholeNumber("registry.maxImages", registry.maxImages, 1, Number.POSITIVE_INFINITY, 30);
  faults.wholeNumber("registry.untaggedDays", registry.untaggedDays, 1, Number.POSITIVE_INFINITY, 7);
}

function checkGitOps(faults: OverlayFaults, { addons, gitops }: Environment): void {
  faults.addAll("addons", addonSettingsFaults(addons));
  const { revision } = gitops;
  if (revision === undefined || /^(?!-)[\w./-]{1,250}$/.test(revision)) return;
  faults.add("gitops.revision", revision, "not a branch, a tag or a commit", 'use e.g. "main"');
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

function checkRanges(faults: Faults, environments: readonly Environment[]): void {
  environments.forEach((one, index) => {
    for (const other of environments.slice(index + 1)) {
      const ranges = [parseCidr(one.network.cidr), parseCidr(other.network.cidr)] as const;
      if (!ranges[0] || !ranges[1] || !overlaps(ranges[0], ranges[1])) continue;
      faults.addAll([
        {
          what: `network.cidr is ${JSON.stringify(other.network.cidr)}: overlaps ${JSON.stringify(one.network.cidr)} of overlay ${JSON.stringify(one.name)}`,
          instead: `use a range that no environment has, e.g. "${freeRange(environments)}"`,
          at: `overlay ${JSON.stringify(other.name)}`,
        },
      ]);
    }
  });
}

/** A /16 below 10.0.0.0/8 that no environment overlaps. */
function freeRange(environments: readonly Environment[]): string {
  const taken = environments.map((environment) => parseCidr(environment.network.cidr));
  for (let second = 0; second < 256; second++) {
    const text = `10.${second}.0.0/16`;
    const candidate = parseCidr(text);
    if (candidate && !taken.some((range) => range && overlaps(range, candidate))) return text;
  }
  return "172.16.0.0/16";
}
