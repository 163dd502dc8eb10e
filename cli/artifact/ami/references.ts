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
import { nameOf, unreachable } from "../../aws/errors";
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

/** What names a parameter, by what stands behind `resolve:ssm:`. */
type Named = ReadonlyMap<string, readonly Reference[]>;

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
];

/**
 * Everything in a Region that needs an AMI: instances, every version of every launch template, autoscaling groups, launch
 * configurations, fleets, and SSM parameters of AMIs.
 *
 * The number of requests grows with that of the launch templates, and by pages with all others; not with that of the AMIs.
 * Wherever an AMI is named by a parameter (`resolve:ssm:<name>`), what the parameter holds is needed.
 *
 * @throws CliError when one of them cannot be read: it may need any AMI, so nothing is known.
 */
export async function referencesIn(clients: RegionClients): Promise<References> {
  const references = new Map<string, Reference[]>();
  const named = new Map<string, Reference[]>();
  const note: Note = (image = "", what, since) => {
    const [, parameter] = /^resolve:ssm:(.+)$/.exec(image) ?? [];
    const reference = { what, ...(since === undefined ? {} : { since: since.toISOString() }) };
    if (parameter !== undefined) named.set(parameter, [...(named.get(parameter) ?? []), reference]);
    else if (image.startsWith("ami-")) references.set(image, [...(references.get(image) ?? []), reference]);
  };
  for (const [what, read] of SOURCES) await held(clients, what, () => read(clients, note));
  await held(clients, "SSM parameters", () => parameters(clients, named, note));
  return references;
}

async function held({ region }: RegionClients, what: string, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    const { exitCode, message } = unreachable(error);
    throw new CliError(
      exitCode === EXIT.FAILED ? EXIT.HELD : exitCode,
      `nothing is removed in ${region}: ${what} cannot be read, and may need any AMI`,
      ...message.split("\n  "),
    );
  }
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
async function launchTemplates({ ec2 }: RegionClients, note: Note): Promise<void> {
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
        for (const { VersionNumber, LaunchTemplateData, CreateTime } of LaunchTemplateVersions)
          note(
            LaunchTemplateData?.ImageId,
            `version ${VersionNumber} of launch template ${LaunchTemplateName}`,
            CreateTime,
          );
      }
    }
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

/**
 * Parameters whose data type is `aws:ec2:image`, such as those that a build writes, and those that somebody names, of
 * whatever type.
 */
async function parameters(clients: RegionClients, named: Named, note: Note): Promise<void> {
  const changed = new Map<string, Date | undefined>();
  const filter = { ParameterFilters: [{ Key: "DataType", Values: ["aws:ec2:image"] }] };
  for await (const { Parameters = [] } of paginateDescribeParameters(
    { client: clients.ssm, pageSize: 50 },
    filter,
  ))
    for (const { Name = "", LastModifiedDate } of Parameters) changed.set(Name, LastModifiedDate);
  const own = [...named.keys()].filter((one) => !isOfAws(one));
  const values = await valuesOf(clients, [...new Set([...changed.keys(), ...own])]);
  for (const [name, since] of changed) note(values.get(name), `SSM parameter ${name}`, since);
  for (const one of own)
    for (const { what, since } of named.get(one) ?? [])
      note(values.get(one), what, since === undefined ? undefined : new Date(since));
}

/** Whether AWS publishes a parameter: such a one holds an AMI of AWS. */
function isOfAws(name: string): boolean {
  return /^(?:arn:[\w-]+:ssm:[\w-]*::parameter)?\/aws\//.test(name);
}

/** Parameters that one request reads at most. */
const MOST_PARAMETERS = 10;

/**
 * Values by what was asked for: a name or an ARN, with or without a version or label; those that are gone have none.
 *
 * @throws CliError with the names of those that may not be read. One of them makes AWS refuse the whole request.
 */
async function valuesOf(
  clients: RegionClients,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  const refused: string[] = [];
  for (let first = 0; first < names.length; first += MOST_PARAMETERS) {
    const asked = names.slice(first, first + MOST_PARAMETERS);
    if (await readParameters(clients, asked, values)) continue;
    for (const one of asked) if (!(await readParameters(clients, [one], values))) refused.push(one);
  }
  if (refused.length === 0) return values;
  const more = refused.length > MOST_PARAMETERS ? " …" : "";
  throw new CliError(
    EXIT.MISSING,
    `these credentials may not read ${refused.slice(0, MOST_PARAMETERS).join(", ")}${more}`,
    "name what begins them in images.parameterPaths of the overlay, and apply the stack identity",
  );
}

/** Reads some parameters; false where AWS refuses to. */
async function readParameters(
  { ssm }: RegionClients,
  names: readonly string[],
  values: Map<string, string>,
): Promise<boolean> {
  try {
    const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: [...names] }));
    for (const { Name = "", ARN = "", Selector = "", Value = "" } of Parameters)
      for (const one of [Name, ARN]) values.set(`${one}${Selector}`, Value);
    return true;
  } catch (error) {
    if (/^(AccessDenied|Validation)/.test(nameOf(error))) return false;
    throw error;
  }
}
