import {
  DescribeRegionsCommand,
  DescribeSubnetsCommand,
  GetEbsEncryptionByDefaultCommand,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import { unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { insteadOf } from "../../console/suggest";
import type { RegionClients } from "./clients";
import { defaultVpc } from "./default-network";
import { amisIn } from "./facts";
import { keyFaults } from "./key";
import { publicFaults } from "./public-access";
import { failures, gathered, inRegions, succeeded } from "./regions";
import type { ImageRequest } from "./request";
import { TAG, tagRecord } from "./tags";

/** What is asked beside the request. */
export interface PreflightOptions {
  /** Subnet to build in. @default - one of the default VPC */
  readonly subnet?: string | undefined;
}

/**
 * Asks AWS for everything that would make a build fail after its quarter of an hour.
 *
 * @throws CliError with all that is wrong, each with what to do.
 */
export async function preflight(
  request: ImageRequest,
  clientsOf: (region: string) => RegionClients,
  options: PreflightOptions,
): Promise<void> {
  let faults: readonly CliError[];
  try {
    faults = await faultsOf(request, clientsOf, options);
  } catch (error) {
    const found = unreachable(error);
    throw found.exitCode === EXIT.FAILED ? gathered([found]) : found;
  }
  if (faults.length > 0) throw gathered(faults);
}

async function faultsOf(
  request: ImageRequest,
  clientsOf: (region: string) => RegionClients,
  options: PreflightOptions,
): Promise<readonly CliError[]> {
  const [home = ""] = request.regions;
  const unusable = await unusableRegions(clientsOf(home), request.regions);
  const usable = request.regions.filter((region) => !unusable.has(region));
  const outcomes = await inRegions(usable, (region) => regionFaults(clientsOf(region), request, options));
  const [failure] = failures(outcomes);
  if (failure) throw failure.error;
  return [...unusable.values(), ...succeeded(outcomes).flatMap(({ value }) => value)];
}

/** Regions that AWS does not have, or the account has not enabled. */
async function unusableRegions(
  { ec2 }: RegionClients,
  regions: readonly string[],
): Promise<ReadonlyMap<string, CliError>> {
  // Those that are asked for by name and are none make the request fail: all are listed.
  const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
  const status = new Map(Regions.map(({ RegionName = "", OptInStatus }) => [RegionName, OptInStatus]));
  return new Map(
    regions.flatMap((region) => {
      const fault = regionFault(region, status);
      return fault ? [[region, fault] as const] : [];
    }),
  );
}

function regionFault(region: string, status: ReadonlyMap<string, string | undefined>): CliError | undefined {
  if (!status.has(region))
    return new CliError(
      EXIT.USAGE,
      `AWS has no Region ${region}`,
      ...insteadOf(region, [...status.keys()].sort()),
    );
  if (status.get(region) !== "not-opted-in") return undefined;
  return new CliError(
    EXIT.MISSING,
    `Region ${region} is not enabled in this account`,
    `enable it: aws account enable-region --region-name ${region}; or take it out of --regions`,
  );
}

async function regionFaults(
  clients: RegionClients,
  request: ImageRequest,
  { subnet }: PreflightOptions,
): Promise<readonly CliError[]> {
  const isBuilt = request.way === "each" || request.regions[0] === clients.region;
  const isRelease = request.channel === "release";
  return [
    ...(await nameFaults(clients, request)),
    ...(isBuilt ? await buildFaults(clients, request) : []),
    ...(isBuilt ? await networkFaults(clients, subnet) : []),
    ...(request.kmsKey === undefined ? [] : await keyFaults(clients, request.kmsKey)),
    ...(isRelease ? await encryptionFaults(clients) : []),
    ...(isRelease ? await publicFaults(clients) : []),
  ];
}

async function nameFaults(clients: RegionClients, { name, run }: ImageRequest): Promise<readonly CliError[]> {
  const taken = (await amisIn(clients, { name })).filter(({ tags }) => tags[TAG.run] !== run);
  return taken.map(
    ({ id, tags }) =>
      new CliError(
        EXIT.HELD,
        `${clients.region} has an AMI ${name} already: ${id}`,
        tags[TAG.run] === undefined
          ? "nothing here has built it: build another version"
          : `run ${tags[TAG.run]} has built it; what that run has not finished: npx groundplan image resume --run ${tags[TAG.run]}; else build another version`,
      ),
  );
}

/** Two builds of one version at once: the second would fail at its end, since a name is taken once. */
async function buildFaults(
  { ec2, region }: RegionClients,
  { image, version, run }: ImageRequest,
): Promise<readonly CliError[]> {
  const input = {
    Filters: [
      { Name: `tag:${TAG.image}`, Values: [image] },
      { Name: "tag:Version", Values: [version] },
      { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] },
    ],
  };
  const faults: CliError[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, input)) {
    for (const { InstanceId, LaunchTime, Tags } of Reservations.flatMap((one) => one.Instances ?? [])) {
      const other = tagRecord(Tags)[TAG.run] ?? "";
      if (other === run) continue;
      faults.push(
        new CliError(
          EXIT.HELD,
          `run ${other} builds ${image} ${version} in ${region}: ${InstanceId} since ${LaunchTime?.toISOString() ?? "an unknown time"}`,
          `wait for it; if it is dead: npx groundplan image prune --run ${other}`,
        ),
      );
    }
  }
  return faults;
}

async function networkFaults(
  clients: RegionClients,
  subnet: string | undefined,
): Promise<readonly CliError[]> {
  const { ec2, region } = clients;
  if (subnet !== undefined) {
    // By a filter: one that is asked for by name and is none makes the request fail.
    const Filters = [{ Name: "subnet-id", Values: [subnet] }];
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
    if (Subnets.length > 0) return [];
    return [
      new CliError(
        EXIT.MISSING,
        `${region} has no subnet ${subnet}`,
        "name one of the Region; with --way each, which builds in all, leave it out: each then needs a default VPC",
      ),
    ];
  }
  const vpc = await defaultVpc(clients);
  return vpc instanceof CliError ? [vpc] : [];
}

/** Where an account encrypts every volume, a release would be encrypted too, whatever its template says. */
async function encryptionFaults({ ec2, region }: RegionClients): Promise<readonly CliError[]> {
  const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}));
  if (!EbsEncryptionByDefault) return [];
  return [
    new CliError(
      EXIT.HELD,
      `${region} encrypts every new volume, and an encrypted AMI cannot be public`,
      `build releases in an account or Region without it: aws ec2 disable-ebs-encryption-by-default --region ${region}`,
    ),
  ];
}
