import {
  paginateDescribeAutoScalingGroups,
  paginateDescribeLaunchConfigurations,
} from "@aws-sdk/client-auto-scaling";
import {
  paginateDescribeFleets,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeLaunchTemplateVersions,
  paginateDescribeSpotFleetRequests,
} from "@aws-sdk/client-ec2";
import { GetParametersCommand, paginateDescribeParameters } from "@aws-sdk/client-ssm";
import { unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { RegionClients } from "./clients";

/** Who needs an AMI. */
export interface Reference {
  /** E.g. `version 3 of launch template web`. */
  readonly what: string;

  /** Since when, ISO 8601: an old one may be of something that nobody uses. Undefined where AWS does not say. */
  readonly since?: string;
}

/** References by the id of the AMI. */
export type References = ReadonlyMap<string, readonly Reference[]>;

type Note = (image: string | undefined, what: string, since: Date | undefined) => void;

/** Items of one answer: what EC2 gives at most. */
const PAGE = { pageSize: 1000 };

/** What may need an AMI, and how it is asked. */
const SOURCES: readonly (readonly [
  what: string,
  read: (clients: RegionClients, note: Note) => Promise<void>,
])[] = [
  ["instances", instances],
  ["launch templates", launchTemplates],
  ["autoscaling groups", autoscalingGroups],
  ["launch configurations", launchConfigurations],
  ["fleets", fleets],
  ["spot fleets", spotFleets],
  ["SSM parameters", parameters],
];

/**
 * Everything in a Region that needs an AMI: instances, every version of every launch template, autoscaling groups, launch
 * configurations, fleets, and SSM parameters of AMIs.
 *
 * The number of requests grows with that of the launch templates, and by pages with all others; not with that of the AMIs.
 *
 * @throws CliError when one of them cannot be read: it may need any AMI, so nothing is known.
 */
export async function referencesIn(clients: RegionClients): Promise<References> {
  const references = new Map<string, Reference[]>();
  const note: Note = (image, what, since) => {
    if (image === undefined || !/^ami-/.test(image)) return;
    const known = references.get(image) ?? [];
    references.set(image, [
      ...known,
      { what, ...(since === undefined ? {} : { since: since.toISOString() }) },
    ]);
  };
  for (const [what, read] of SOURCES) {
    try {
      await read(clients, note);
    } catch (error) {
      const { exitCode, message } = unreachable(error);
      throw new CliError(
        exitCode === EXIT.INTERRUPTED ? EXIT.INTERRUPTED : EXIT.HELD,
        `nothing is removed in ${clients.region}: ${what} cannot be read, and may need any AMI`,
        ...message.split("\n  "),
      );
    }
  }
  return references;
}

async function instances({ ec2 }: RegionClients, note: Note): Promise<void> {
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2, ...PAGE }, {})) {
    for (const { InstanceId, ImageId, LaunchTime, State } of Reservations.flatMap(
      (one) => one.Instances ?? [],
    ))
      if (State?.Name !== "terminated") note(ImageId, `instance ${InstanceId}`, LaunchTime);
  }
}

/** Every version: an autoscaling group, a fleet or a person may start an old one. */
async function launchTemplates(clients: RegionClients, note: Note): Promise<void> {
  const { ec2 } = clients;
  // `resolve:ssm:` with a version or a label names what a parameter was, and not what it is.
  const pinned = new Map<string, readonly [string, Date | undefined]>();
  for await (const { LaunchTemplates = [] } of paginateDescribeLaunchTemplates(
    { client: ec2, pageSize: 200 },
    {},
  )) {
    for (const { LaunchTemplateId, LaunchTemplateName } of LaunchTemplates) {
      const versions = paginateDescribeLaunchTemplateVersions(
        { client: ec2, pageSize: 200 },
        { LaunchTemplateId },
      );
      for await (const { LaunchTemplateVersions = [] } of versions) {
        for (const { VersionNumber, LaunchTemplateData, CreateTime } of LaunchTemplateVersions) {
          const what = `version ${VersionNumber} of launch template ${LaunchTemplateName}`;
          const image = LaunchTemplateData?.ImageId;
          const [, selector] = /^resolve:ssm:(.+:.+)$/.exec(image ?? "") ?? [];
          if (selector !== undefined) pinned.set(selector, [what, CreateTime]);
          note(image, what, CreateTime);
        }
      }
    }
  }
  for (const [selector, value] of await valuesOf(clients, [...pinned.keys()])) {
    const [what = "", since] = pinned.get(selector) ?? [];
    note(value, what, since);
  }
}

async function autoscalingGroups({ autoscaling }: RegionClients, note: Note): Promise<void> {
  for await (const { AutoScalingGroups = [] } of paginateDescribeAutoScalingGroups(
    { client: autoscaling, pageSize: 100 },
    {},
  )) {
    for (const group of AutoScalingGroups)
      for (const { ImageId } of group.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? [])
        note(ImageId, `autoscaling group ${group.AutoScalingGroupName}`, group.CreatedTime);
  }
}

async function launchConfigurations({ autoscaling }: RegionClients, note: Note): Promise<void> {
  for await (const { LaunchConfigurations = [] } of paginateDescribeLaunchConfigurations(
    { client: autoscaling, pageSize: 100 },
    {},
  )) {
    for (const { ImageId, LaunchConfigurationName, CreatedTime } of LaunchConfigurations)
      note(ImageId, `launch configuration ${LaunchConfigurationName}`, CreatedTime);
  }
}

async function fleets({ ec2 }: RegionClients, note: Note): Promise<void> {
  for await (const { Fleets = [] } of paginateDescribeFleets({ client: ec2, pageSize: 100 }, {})) {
    for (const { FleetId, FleetState, CreateTime, LaunchTemplateConfigs = [] } of Fleets) {
      if (FleetState === "deleted") continue;
      for (const { ImageId } of LaunchTemplateConfigs.flatMap((one) => one.Overrides ?? []))
        note(ImageId, `fleet ${FleetId}`, CreateTime);
    }
  }
}

async function spotFleets({ ec2 }: RegionClients, note: Note): Promise<void> {
  for await (const { SpotFleetRequestConfigs = [] } of paginateDescribeSpotFleetRequests(
    { client: ec2, pageSize: 100 },
    {},
  )) {
    for (const {
      SpotFleetRequestId,
      SpotFleetRequestState,
      CreateTime,
      SpotFleetRequestConfig,
    } of SpotFleetRequestConfigs) {
      if (SpotFleetRequestState === "cancelled") continue;
      for (const { ImageId } of SpotFleetRequestConfig?.LaunchSpecifications ?? [])
        note(ImageId, `spot fleet ${SpotFleetRequestId}`, CreateTime);
    }
  }
}

/** Parameters whose data type is `aws:ec2:image`, such as those of `stacks/images`. */
async function parameters(clients: RegionClients, note: Note): Promise<void> {
  const changed = new Map<string, Date | undefined>();
  const filter = { ParameterFilters: [{ Key: "DataType", Values: ["aws:ec2:image"] }] };
  for await (const { Parameters = [] } of paginateDescribeParameters(
    { client: clients.ssm, pageSize: 50 },
    filter,
  ))
    for (const { Name = "", LastModifiedDate } of Parameters) changed.set(Name, LastModifiedDate);
  for (const [name, value] of await valuesOf(clients, [...changed.keys()]))
    note(value, `SSM parameter ${name}`, changed.get(name));
}

/** Parameters that one request reads at most. */
const MOST_PARAMETERS = 10;

/** Values by what was asked for, a name or a name with a version; those that are gone have none. */
async function valuesOf(
  { ssm }: RegionClients,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (let first = 0; first < names.length; first += MOST_PARAMETERS) {
    const { Parameters = [] } = await ssm.send(
      new GetParametersCommand({ Names: names.slice(first, first + MOST_PARAMETERS) }),
    );
    for (const { Name = "", Selector = "", Value = "" } of Parameters)
      values.set(`${Name}${Selector}`, Value);
  }
  return values;
}
