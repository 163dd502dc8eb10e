import { isReleaseOf, newestRelease } from "../../cluster/node-releases";
import { invalid } from "./error";
import { type Input, numberOf, objectOf, optionalText, textOf } from "./input";
import type { LaunchTemplate, ServiceClients } from "./service-clients";
import { ahead } from "./versions";

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html#AmazonEKS-Type-Nodegroup-amiType */
const AMI_TYPE =
  /^(?:AL2_(?:x86_64|x86_64_GPU|ARM_64)|CUSTOM|BOTTLEROCKET_(?:ARM_64|x86_64)(?:_NVIDIA)?(?:_FIPS)?|WINDOWS_(?:CORE|FULL)_20(?:19|22|25)_x86_64|AL2023_(?:x86_64|ARM_64)_STANDARD|AL2023_x86_64_(?:NEURON|NVIDIA)|AL2023_ARM_64_NVIDIA)$/;

/** Gibibytes of a node's disk when none are asked for. */
const DISK = 20;

/** What a launch template for a node group cannot have. @see https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html */
const NOT_IN_TEMPLATE = ["iamInstanceProfile", "hibernationOptions", "instanceMarketOptions"];

/** What the nodes are made of. */
export interface Machine {
  readonly amiType: string;
  readonly releaseVersion: string;
  readonly instanceTypes?: readonly string[];
  readonly diskSize?: number;
  readonly launchTemplate?: { readonly id: string; readonly name: string; readonly version: string };
}

/** What the nodes of a group are made of: by its launch template, or by what is asked for without one. */
export async function machineOf(
  clients: ServiceClients,
  input: Input,
  instanceTypes: readonly string[],
  version: string,
): Promise<Machine> {
  const amiType = textOf({ amiType: defaultImage(instanceTypes), ...input }, "amiType", AMI_TYPE);
  if (amiType.startsWith("AL2_") && ahead(version, "1.32") > 0) {
    throw invalid(`AMI Type ${amiType} is only supported for kubernetes versions 1.32 or earlier`);
  }
  // A group of one's own image has that for its release.
  const asked = optionalText(input, "releaseVersion");
  const release = asked?.startsWith("ami-") ? undefined : asked;
  const releaseVersion = release ?? newestRelease(version, amiType);
  if (!isReleaseOf(version, releaseVersion, amiType)) {
    throw invalid(
      `Requested release version ${releaseVersion} is not valid for kubernetes version ${version}.`,
    );
  }
  const wanted = objectOf(input, "launchTemplate");
  if (!wanted) {
    const diskSize = numberOf(input, "diskSize", 1, 16_384) ?? DISK;
    return {
      amiType,
      releaseVersion,
      instanceTypes: instanceTypes.length > 0 ? instanceTypes : ["t3.medium"],
      diskSize,
    };
  }
  const template = await templateOf(clients, wanted);
  const image = template.data.imageId;
  refuseInTemplate(template, input, instanceTypes);
  const { id, name, version: number } = template;
  const own = typeof template.data.instanceType === "string";
  return {
    amiType: typeof image === "string" ? "CUSTOM" : amiType,
    releaseVersion: typeof image === "string" ? image : releaseVersion,
    ...(own ? {} : { instanceTypes: instanceTypes.length > 0 ? instanceTypes : ["t3.medium"] }),
    launchTemplate: { id, name, version: number },
  };
}

function defaultImage([instance]: readonly string[]): string {
  // Families of AWS's own processors have a g after the generation: m7g, c8gd, t4g.
  return /^[a-z]+\d+g/.test(instance ?? "") ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD";
}

function templateOf(clients: ServiceClients, wanted: Input): Promise<LaunchTemplate> {
  const id = optionalText(wanted, "id");
  const name = optionalText(wanted, "name");
  const version = optionalText(wanted, "version");
  if ((id === undefined) === (name === undefined)) {
    throw invalid("Either provide launch template ID or launch template name in the request.");
  }
  return clients.launchTemplate({
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  });
}

function refuseInTemplate({ data }: LaunchTemplate, input: Input, instanceTypes: readonly string[]): void {
  const fault = NOT_IN_TEMPLATE.find((key) => data[key] !== undefined && data[key] !== "");
  if (fault !== undefined)
    throw invalid(`Launch template has ${fault}, which a managed nodegroup cannot take`);
  if (input.diskSize !== undefined) throw invalid("Disk size must be specified within the launch template.");
  if (objectOf(input, "remoteAccess")) {
    throw invalid("Remote access configuration cannot be specified with a launch template.");
  }
  if (instanceTypes.length > 0 && typeof data.instanceType === "string") {
    throw invalid("Instance types cannot be specified when launch template specifies an instance type.");
  }
}
