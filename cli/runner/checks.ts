import {
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  type InstanceTypeInfo,
} from "@aws-sdk/client-ec2";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { urlOf } from "../artifact/lambda/running";
import { nameOf, unreachable } from "../aws/errors";
import { type Finding, fail, failed, ok, warn } from "../doctor/finding";
import { ask, type RunnerFleet } from "./fleet";
import { asNeeds, type PoolNeeds } from "./formats";

/** Everything that has to be right for a job to get a runner: GitHub by the fleet's function, and AWS from here. */
export async function checkRunners(fleet: RunnerFleet): Promise<readonly Finding[]> {
  const { operator, webhook } = fleet;
  const { functionName, region, stack } = operator;
  let pools: readonly PoolNeeds[] = [];
  let ofGitHub: readonly Finding[] = [];
  const functions = await finding("Functions", async () => {
    const webhookUrl = webhook && (await urlOf(webhook));
    const answer = asNeeds(await ask(fleet, { operation: "doctor", ...(webhookUrl ? { webhookUrl } : {}) }));
    pools = answer.pools;
    ofGitHub = answer.findings;
    return ok("Functions", functionName);
  });
  if (functions.level === "fail") return [functions];
  const ec2 = new EC2Client({ region });
  let types: Types = new Map();
  const instanceTypes = await finding("Instance types", async () => {
    types = await typesOf(pools, ec2);
    return ok("Instance types", [...types.keys()].join(", "));
  });
  if (instanceTypes.level === "fail") return [functions, ...ofGitHub, instanceTypes];
  return [
    functions,
    ...ofGitHub,
    ...(await Promise.all(
      pools.map((pool) => finding(`Image of ${pool.name}`, () => checkImage(pool, types, ec2, stack.name))),
    )),
    ...(await Promise.all(
      QUOTAS.map((quota) =>
        finding(quota.check, () => checkQuota(quota, neededOf(pools, types, quota), region)),
      ),
    )),
  ];
}

/** A check whose error is a finding, and no end of all the others. */
async function finding(check: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return failed(check, unreachable(error));
  }
}

type Types = ReadonlyMap<string, InstanceTypeInfo>;

async function typesOf(pools: readonly PoolNeeds[], ec2: EC2Client): Promise<Types> {
  const names = [...new Set(pools.flatMap(({ instanceTypes }) => instanceTypes))] as "m7i.large"[];
  const found = new Map<string, InstanceTypeInfo>();
  // EC2 takes 100 names at once.
  for (let first = 0; first < names.length; first += 100) {
    const { InstanceTypes = [] } = await ec2.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: names.slice(first, first + 100) }),
    );
    for (const info of InstanceTypes) if (info.InstanceType) found.set(info.InstanceType, info);
  }
  return found;
}

/** Whether an image is there, and of the processor of every type: what the launch template names, as EC2 resolves it. */
async function checkImage(
  { name, launchTemplateId, instanceTypes }: PoolNeeds,
  types: Types,
  ec2: EC2Client,
  stack: string,
): Promise<Finding> {
  const check = `Image of ${name}`;
  const deploy = `npx groundplan apply ${stack}`;
  const template = await ec2
    .send(
      new DescribeLaunchTemplateVersionsCommand({
        LaunchTemplateId: launchTemplateId,
        Versions: ["$Latest"],
        ResolveAlias: true,
      }),
    )
    .catch((error: unknown) => {
      if (nameOf(error).startsWith("InvalidLaunchTemplateId")) return undefined;
      throw error;
    });
  const id = template?.LaunchTemplateVersions?.[0]?.LaunchTemplateData?.ImageId;
  if (id === undefined)
    return fail(check, `launch template ${launchTemplateId} is not there, or names no image`, deploy);
  const { Images = [] } = await ec2
    .send(new DescribeImagesCommand({ ImageIds: [id] }))
    .catch((error: unknown) => {
      if (nameOf(error).startsWith("InvalidAMIID")) return { Images: [] };
      throw error;
    });
  const [image] = Images;
  if (image?.State !== "available")
    return fail(
      check,
      `image ${id} is ${image?.State ?? "not there"}`,
      `name another system, then ${deploy}`,
    );
  const wrong = instanceTypes.filter(
    (type) =>
      !types.get(type)?.ProcessorInfo?.SupportedArchitectures?.some((one) => one === image.Architecture),
  );
  if (wrong.length === 0) return ok(check, `${id} (${image.Architecture})`);
  return fail(
    check,
    `image ${id} is of ${image.Architecture}, and ${wrong.join(", ")} would not start it`,
    `make architecture and instanceTypes of pool ${name} agree in the overlay, then ${deploy}`,
  );
}

interface Quota {
  readonly check: string;
  readonly code: string;
  readonly spot: boolean;
}

/** Processors of the standard families (A, C, D, H, I, M, R, T, Z) at once. @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html */
const QUOTAS: readonly Quota[] = [
  { check: "Quota on demand", code: "L-1216C47A", spot: false },
  { check: "Quota spot", code: "L-34B43A08", spot: true },
];
const STANDARD = /^[acdhimrtz]\d/;

/** Processors that full pools use at once, by their largest type; a spot pool may fall back to on-demand capacity. */
export function neededOf(pools: readonly PoolNeeds[], types: Types, { spot }: Pick<Quota, "spot">): number {
  return pools
    .filter((pool) => !spot || pool.spot)
    .map(
      ({ max, instanceTypes }) =>
        max *
        Math.max(
          0,
          ...instanceTypes
            .filter((type) => STANDARD.test(type))
            .map((type) => types.get(type)?.VCpuInfo?.DefaultVCpus ?? 0),
        ),
    )
    .reduce((sum, one) => sum + one, 0);
}

async function checkQuota({ check, code }: Quota, needed: number, region: string): Promise<Finding> {
  if (needed === 0) return ok(check, "no pool uses it");
  const { Quota: found } = await new ServiceQuotasClient({ region }).send(
    new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode: code }),
  );
  const most = found?.Value ?? 0;
  if (needed <= most) return ok(check, `${needed} of ${most} processors`);
  return warn(
    check,
    `full pools need ${needed} processors, and the account may run ${most}: jobs wait`,
    `aws service-quotas request-service-quota-increase --region ${region} --service-code ec2 --quota-code ${code} --desired-value ${needed}; or lower max of the pools`,
  );
}
