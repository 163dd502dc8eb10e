import {
  DescribeRegionsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  GetEbsEncryptionByDefaultCommand,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { RegionClients } from "./clients";
import { amisIn } from "./facts";
import { keyFaults } from "./key";
import { type Fault, publicFaults } from "./public-access";
import { failures, inRegions, succeeded } from "./regions";
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
  const [home = ""] = request.regions;
  const disabled = await disabledRegions(clientsOf(home), request.regions);
  const enabled = request.regions.filter((region) => !disabled.includes(region));
  const outcomes = await inRegions(enabled, (region) => regionFaults(clientsOf(region), request, options));
  const [failure] = failures(outcomes);
  if (failure) throw failure.error;
  const faults: readonly Fault[] = [
    ...disabled.map((region) => [
      `Region ${region} is not enabled in this account`,
      `enable it: aws account enable-region --region-name ${region}; or take it out of --regions`,
    ]),
    ...succeeded(outcomes).flatMap(({ value }) => value),
  ];
  if (faults.length === 0) return;
  const [first = "", ...lines] = faults.flat();
  throw new CliError(EXIT.HELD, first, ...lines);
}

/** Regions that the account has not enabled, or that AWS does not have. */
async function disabledRegions(
  { ec2 }: RegionClients,
  regions: readonly string[],
): Promise<readonly string[]> {
  // Those that are asked for by name and are none make the request fail: all are listed.
  const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
  return regions.filter((region) => {
    const found = Regions.find(({ RegionName }) => RegionName === region);
    return found === undefined || found.OptInStatus === "not-opted-in";
  });
}

async function regionFaults(
  clients: RegionClients,
  request: ImageRequest,
  { subnet }: PreflightOptions,
): Promise<readonly Fault[]> {
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

async function nameFaults(clients: RegionClients, { name, run }: ImageRequest): Promise<readonly Fault[]> {
  const taken = (await amisIn(clients, { name })).filter(({ tags }) => tags[TAG.run] !== run);
  return taken.map(({ id, tags }) => [
    `${clients.region} has an AMI ${name} already: ${id}`,
    tags[TAG.run] === undefined
      ? "nothing here has built it: build another version"
      : `run ${tags[TAG.run]} has built it; what that run has not finished: npx groundplan image resume --run ${tags[TAG.run]}; else build another version`,
  ]);
}

/** Two builds of one version at once: the second would fail at its end, since a name is taken once. */
async function buildFaults(
  { ec2, region }: RegionClients,
  { image, version, run }: ImageRequest,
): Promise<readonly Fault[]> {
  const input = {
    Filters: [
      { Name: `tag:${TAG.image}`, Values: [image] },
      { Name: "tag:Version", Values: [version] },
      { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] },
    ],
  };
  const faults: Fault[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, input)) {
    for (const { InstanceId, LaunchTime, Tags } of Reservations.flatMap((one) => one.Instances ?? [])) {
      const other = tagRecord(Tags)[TAG.run] ?? "";
      if (other === run) continue;
      faults.push([
        `run ${other} builds ${image} ${version} in ${region}: ${InstanceId} since ${LaunchTime?.toISOString() ?? "an unknown time"}`,
        `wait for it; if it is dead: npx groundplan image prune --run ${other}`,
      ]);
    }
  }
  return faults;
}

async function networkFaults(
  { ec2, region }: RegionClients,
  subnet: string | undefined,
): Promise<readonly Fault[]> {
  if (subnet !== undefined) {
    // By a filter: one that is asked for by name and is none makes the request fail.
    const Filters = [{ Name: "subnet-id", Values: [subnet] }];
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
    if (Subnets.length > 0) return [];
    return [
      [
        `${region} has no subnet ${subnet}`,
        "name one of the Region; with --way each, which builds in all, leave it out: each then needs a default VPC",
      ],
    ];
  }
  const { Vpcs = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }),
  );
  if (Vpcs.length > 0) return [];
  return [
    [
      `${region} has no default VPC to build in`,
      `name a subnet that reaches the internet: --subnet subnet-…; or make one: aws ec2 create-default-vpc --region ${region}`,
    ],
  ];
}

/** Where an account encrypts every volume, a release would be encrypted too, whatever its template says. */
async function encryptionFaults({ ec2, region }: RegionClients): Promise<readonly Fault[]> {
  const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}));
  if (!EbsEncryptionByDefault) return [];
  return [
    [
      `${region} encrypts every new volume, and an encrypted AMI cannot be public`,
      `build releases in an account or Region without it: aws ec2 disable-ebs-encryption-by-default --region ${region}`,
    ],
  ];
}
