import type { Fault } from "../core/errors";
import { type Architecture, acceleratorOf, architectureOf } from "./instance-families";
import type { NodeGroupOptions, NodeTaint } from "./node-group-options";
import { NODE_IMAGES, type NodeImage } from "./node-images";

/** EKS gives a node group's name 63 characters; Terraform ends the prefix with 26 of its own. */
const NAME = /^[a-z](?:-?[a-z0-9]){0,29}$/;

/** What Kubernetes takes in a label: a prefix that is a domain, and a name. */
const LABEL_KEY = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;

/** Domains of labels that EKS, or the kubelet, keeps for itself. */
const RESERVED_LABEL = /^(?:kubernetes\.io|k8s\.io|eks\.amazonaws\.com|node-role\.kubernetes\.io)\//;

/** A release of an image: of EKS with its Kubernetes patch and day, of Bottlerocket with its build. */
const RELEASE = /^(?:latest|\d+\.\d+\.\d+-(?:\d{8}|[0-9a-f]{8}))$/;

/** Faults of the groups of a cluster, one by one and together. @param diskGb - of groups that do not say their own. */
export function nodeGroupsFaults(
  groups: Readonly<Record<string, NodeGroupOptions>>,
  diskGb: number,
): readonly Fault[] {
  const all = Object.entries(groups);
  const faults = all.flatMap(([name, group]) => nodeGroupFaults(name, { diskGb, ...group }));
  if (all.length === 0) {
    return [{ what: "a cluster without nodes runs no pods", instead: "give it a node group, e.g. general" }];
  }
  // What EKS and Groundplan install first tolerates no taint of one's own: without a place it waits 20 minutes, and fails.
  const open = all.some(
    ([, { min, taints = [] }]) => min >= 1 && !taints.some(({ effect }) => keepsAway(effect)),
  );
  if (open || faults.length > 0) return faults;
  return [
    {
      what: "no node group has a node without a taint: CoreDNS, and all that is installed first, would find no place",
      instead: "give one group min 1 or more, and no taint of NO_SCHEDULE or NO_EXECUTE",
    },
  ];
}

function keepsAway(effect: NodeTaint["effect"]): boolean {
  return effect !== "PREFER_NO_SCHEDULE";
}

/** What there is to say of a group without refusing it: instance types whose processors the table does not know. */
export function nodeGroupWarnings(
  name: string,
  { instanceTypes, image = "al2023", amiId }: NodeGroupOptions,
): readonly string[] {
  const unknown = instanceTypes.filter((type) => architectureOf(type) === undefined);
  const warnings: string[] = [];
  if (unknown.length > 0) {
    warnings.push(
      `${name}.instanceTypes: ${unknown.join(", ")}: a family that this version does not know; see that its processors are those of \`architecture\``,
    );
  }
  const [, drivers] = /-(nvidia|neuron)$/.exec(image) ?? [];
  for (const kind of ["nvidia", "neuron"] as const) {
    const types = instanceTypes.filter((type) => acceleratorOf(type) === kind);
    if (types.length === 0 || drivers === kind || amiId !== undefined) continue;
    warnings.push(
      `${name}.instanceTypes: ${types.join(", ")} have processors that image ${JSON.stringify(image)} has no drivers for: use ${JSON.stringify(`al2023-${kind}`)}, or pods get none of them`,
    );
  }
  const plain = instanceTypes.filter((type) => acceleratorOf(type) === undefined && architectureOf(type));
  if (drivers !== undefined && plain.length > 0) {
    warnings.push(
      `${name}.image is ${JSON.stringify(image)}, and ${plain.join(", ")} have nothing that needs its drivers: use image ${JSON.stringify(image.replace(/-.*/, ""))}`,
    );
  }
  return warnings;
}

/**
 * The faults of a group of nodes, each beginning with where it lies.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
 */
export function nodeGroupFaults(name: string, group: NodeGroupOptions): readonly Fault[] {
  const faults: Fault[] = [];
  const add = (key: string, value: unknown, problem: string, instead: string) =>
    faults.push({ what: `${name}.${key} is ${shown(value)}: ${problem}`, instead });
  if (!NAME.test(name)) {
    const what = `node group ${JSON.stringify(name)} may hold only lower-case letters, digits and single hyphens, 30 at most`;
    faults.push({ what, instead: 'use e.g. "general"' });
  }
  const { instanceTypes = [], min, max, desired = min, diskGb = 20, labels = {}, taints = [] } = group;
  if (instanceTypes.length === 0)
    add("instanceTypes", instanceTypes, "a group needs one", 'use e.g. ["m5.large"]');
  if (instanceTypes.length > 20) add("instanceTypes", instanceTypes, "EKS takes 20", "use fewer");
  for (const type of instanceTypes) {
    if (/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type)) continue;
    add("instanceTypes", type, "not the form of an EC2 instance type", 'use e.g. "m5.large"');
  }
  if (new Set(instanceTypes).size < instanceTypes.length) {
    add("instanceTypes", instanceTypes, "one is listed twice", "list it once");
  }
  faults.push(...processorFaults(name, group));
  if (!whole(min, 0)) add("min", min, "not a whole number of 0 or more", "use e.g. 1");
  if (!whole(max, 1)) add("max", max, "not a whole number of 1 or more", "use e.g. 4");
  if (whole(min, 0) && whole(max, 1)) {
    if (min > max) add("max", max, `less than min ${min}`, `use e.g. ${min}`);
    else if (!whole(desired, min) || desired > max) {
      add("desired", desired, `not a whole number of ${min} to ${max}`, `use e.g. ${min}`);
    }
  }
  if (!whole(diskGb, 20) || diskGb > 16_384) {
    add("diskGb", diskGb, "not a whole number of 20 to 16384 (the AMI's own volume has 20)", "use e.g. 50");
  }
  for (const [key, value] of Object.entries(labels)) {
    if (RESERVED_LABEL.test(key)) {
      add(`labels.${key}`, value, "EKS keeps its domain for itself", "use a domain of your own, or none");
    }
    if (LABEL_KEY.test(key) && LABEL_VALUE.test(value)) continue;
    add(`labels.${key}`, value, "not a label that Kubernetes takes", 'use e.g. { workload: "batch" }');
  }
  for (const taint of taints) {
    if (LABEL_KEY.test(taint.key) && LABEL_VALUE.test(taint.value ?? "")) continue;
    add(
      "taints",
      taint,
      "not a taint that Kubernetes takes",
      'use e.g. { key: "batch", effect: "NO_SCHEDULE" }',
    );
  }
  const kinds = taints.map(({ key, effect }) => `${key}:${effect}`);
  for (const kind of new Set(kinds.filter((one, index) => kinds.indexOf(one) !== index))) {
    add("taints", kind, "EKS takes one taint of a key and effect", "list it once");
  }
  if (taints.length > 50) add("taints", taints.length, "EKS takes 50", "use fewer");
  faults.push(...subnetFaults(name, group), ...updateFaults(name, group));
  return faults;
}

/** Subnets of one's own: of their form, one at least, and one for each zone that is named. */
function subnetFaults(name: string, { subnets, zones = [] }: NodeGroupOptions): readonly Fault[] {
  if (subnets === undefined) return [];
  const faults: Fault[] = [];
  const instead = 'use e.g. { "us-east-1a": "subnet-0123456789abcdef0" }';
  if (Object.keys(subnets).length === 0)
    faults.push({ what: `${name}.subnets is {}: nodes need one`, instead });
  for (const id of Object.values(subnets)) {
    if (id.includes("${") || /^subnet-[0-9a-f]+$/.test(id)) continue;
    faults.push({
      what: `${name}.subnets has ${JSON.stringify(id)}, which is not the id of a subnet`,
      instead,
    });
  }
  for (const zone of zones.filter((one) => subnets[one] === undefined)) {
    faults.push({
      what: `${name}.zones has ${zone}, and subnets has none there`,
      instead: "give one, or leave zones out",
    });
  }
  return faults;
}

/** Instance types of the other architecture, and images that there are none of. */
function processorFaults(name: string, group: NodeGroupOptions): readonly Fault[] {
  const { instanceTypes = [], architecture = "x86_64", image = "al2023" } = group;
  const faults: Fault[] = [];
  const images = NODE_IMAGES[image] as (typeof NODE_IMAGES)[NodeImage] | undefined;
  if (!images?.[architecture]) {
    const instead = images
      ? `use architecture ${JSON.stringify(Object.keys(images)[0])}, or another image`
      : `use one of ${Object.keys(NODE_IMAGES).join(", ")}`;
    faults.push({
      what: `${name}.image is ${JSON.stringify(image)}: there is none for ${architecture}`,
      instead,
    });
  }
  if (group.nodeConfig !== undefined && image.startsWith("bottlerocket")) {
    faults.push({
      what: `${name}.nodeConfig is for nodeadm, which Bottlerocket does not have`,
      instead: 'use image "al2023", or leave it out',
    });
  }
  if (group.bottlerocketSettings !== undefined && !image.startsWith("bottlerocket")) {
    faults.push({
      what: `${name}.bottlerocketSettings is for Bottlerocket, and image is ${JSON.stringify(image)}`,
      instead: 'use image "bottlerocket", or nodeConfig',
    });
  }
  if (
    group.amiId !== undefined &&
    !/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(group.amiId) &&
    !group.amiId.includes("${")
  ) {
    faults.push({
      what: `${name}.amiId is ${JSON.stringify(group.amiId)}: not the id of an AMI`,
      instead: 'use e.g. "ami-0123456789abcdef0"',
    });
  }
  if (group.amiId !== undefined && group.releaseVersion !== undefined) {
    faults.push({
      what: `${name}.releaseVersion is a release of EKS's image, and amiId names another`,
      instead: "leave one of them out",
    });
  }
  const other: Architecture = architecture === "arm64" ? "x86_64" : "arm64";
  const wrong = instanceTypes.filter((type) => architectureOf(type) === other);
  if (wrong.length === 0) return faults;
  const what = `${name}.instanceTypes has ${wrong.join(", ")}, whose processors are ${other}, and the group's architecture is ${architecture}`;
  const instead =
    wrong.length === instanceTypes.length
      ? `use architecture ${JSON.stringify(other)}`
      : "use types of one architecture, and a group for each";
  return [...faults, { what, instead }];
}

/** The faults of how a group is renewed. */
function updateFaults(name: string, group: NodeGroupOptions): readonly Fault[] {
  const { releaseVersion = "latest", maxUnavailable = 1, timeoutMinutes = {} } = group;
  const faults: Fault[] = [];
  const add = (key: string, value: unknown, problem: string, instead: string) =>
    faults.push({ what: `${name}.${key} is ${shown(value)}: ${problem}`, instead });
  if (!RELEASE.test(releaseVersion)) {
    add(
      "releaseVersion",
      releaseVersion,
      "not a release of an image",
      'use "latest", or e.g. "1.35.2-20261110"',
    );
  }
  const share = typeof maxUnavailable === "string" ? /^(\d+)%$/.exec(maxUnavailable)?.[1] : maxUnavailable;
  if (!whole(Number(share), 1) || Number(share) > 100) {
    add("maxUnavailable", maxUnavailable, "not 1 to 100, nor 1% to 100%", 'use e.g. "25%"');
  }
  for (const [step, minutes] of Object.entries(timeoutMinutes)) {
    if (whole(minutes, 10) && minutes <= 1440) continue;
    add(`timeoutMinutes.${step}`, minutes, "not a whole number of 10 to 1440", "use e.g. 60");
  }
  return faults;
}

function whole(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least;
}

function shown(value: unknown): string {
  return typeof value === "number" || value === undefined ? String(value) : JSON.stringify(value);
}
