import {
  CreateFleetCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance as Ec2Instance,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { parseRunnerId } from "../owners";
import type { Fleet, Instance, Launch } from "../ports";

/** Tags of an instance; an instance reads them from its metadata service, which takes no `/` in them. */
export const TAGS = {
  fleet: "groundplan:fleet",
  pool: "groundplan:pool",
  runner: "groundplan:runner",
  job: "groundplan:job",

  /** Set by hand, with any value but `false`: the instance stays, whatever it does. */
  keep: "keep",
} as const;

const ALIVE = ["pending", "running"];

/** The instances of a fleet in EC2. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html */
export function ec2Fleet(client: EC2Client, fleet: string): Fleet {
  return {
    async launch(launch) {
      const { Instances = [], Errors = [] } = await client.send(
        new CreateFleetCommand(fleetOf(launch, fleet)),
      );
      const [id] = Instances.flatMap(({ InstanceIds = [] }) => InstanceIds);
      if (id !== undefined) return { instanceId: id };
      return {
        refused: Errors.map(({ ErrorCode, LaunchTemplateAndOverrides: { Overrides: at } = {} }) =>
          [at?.AvailabilityZone ?? at?.SubnetId, at?.InstanceType, ErrorCode].filter(Boolean).join(" "),
        ),
      };
    },
    async instances(page) {
      const { Reservations = [], NextToken } = await client.send(
        new DescribeInstancesCommand({
          Filters: [
            { Name: `tag:${TAGS.fleet}`, Values: [fleet] },
            { Name: "instance-state-name", Values: ALIVE },
          ],
          MaxResults: 1000,
          ...(page === undefined ? {} : { NextToken: page }),
        }),
      );
      const items = Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(instanceOf);
      return { items, next: NextToken || undefined };
    },
    async instance(id) {
      try {
        const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
        return Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(instanceOf)[0];
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async terminate(id) {
      try {
        await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    async adopt(id, runner) {
      const Tags = Object.entries({ Name: runner.name, [TAGS.runner]: String(runner.id) });
      await client.send(
        new CreateTagsCommand({ Resources: [id], Tags: Tags.map(([Key, Value]) => ({ Key, Value })) }),
      );
    },
  };
}

function fleetOf({ token, pool, purchase, runnerId, jobId }: Launch, fleet: string) {
  const tags = {
    Name: `${fleet}-runner`,
    [TAGS.fleet]: fleet,
    [TAGS.pool]: pool.name,
    [TAGS.runner]: String(runnerId),
    [TAGS.job]: String(jobId),
  };
  return {
    ClientToken: token,
    Type: "instant" as const,
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: { LaunchTemplateId: pool.launchTemplateId, Version: "$Latest" },
        Overrides: pool.subnetIds.flatMap((SubnetId) =>
          pool.instanceTypes.map((type, Priority) => ({
            SubnetId,
            InstanceType: type as "m7i.large",
            Priority,
          })),
        ),
      },
    ],
    SpotOptions: { AllocationStrategy: "price-capacity-optimized" as const },
    OnDemandOptions: { AllocationStrategy: "prioritized" as const },
    TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: purchase },
    TagSpecifications: [
      {
        ResourceType: "instance" as const,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      },
    ],
  };
}

/** An instance that lives; none for one that ends already. */
function instanceOf({ InstanceId, State, Tags = [], LaunchTime }: Ec2Instance): readonly Instance[] {
  if (InstanceId === undefined || !ALIVE.includes(State?.Name ?? "")) return [];
  const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
  const keep = tag(TAGS.keep);
  return [
    {
      id: InstanceId,
      pool: tag(TAGS.pool) ?? "",
      runnerId: parseRunnerId(tag(TAGS.runner)),
      launchedAt: (LaunchTime?.getTime() ?? 0) / 1000,
      keep: keep !== undefined && keep.toLowerCase() !== "false",
    },
  ];
}

function isNotFound(error: unknown): boolean {
  return (error as Error).name === "InvalidInstanceID.NotFound";
}
