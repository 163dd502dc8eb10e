import type { Fault } from "../core/errors";

/** A group of nodes of one kind. */
export interface NodeGroupOptions {
  /** EC2 instance types that serve alike, at least one, e.g. `m5.large`; several make SPOT capacity likelier. */
  readonly instanceTypes: readonly string[];

  /** Fewest nodes, 0 or more. */
  readonly min: number;

  /** Most nodes, 1 or more. */
  readonly max: number;

  /**
   * Nodes to begin with; afterwards the autoscaler decides, and a change here is ignored.
   *
   * @default - `min`
   */
  readonly desired?: number;

  /**
   * How the instances are bought.
   *
   * @default "ON_DEMAND"
   */
  readonly capacity?: "ON_DEMAND" | "SPOT";

  /**
   * Processor architecture of the instance types.
   *
   * @default "x86_64"
   */
  readonly architecture?: "x86_64" | "arm64";

  /**
   * Size of the root volume in GiB, 20 to 16384.
   *
   * @default - that of the cluster
   */
  readonly diskGb?: number;

  /** Kubernetes labels of the nodes. */
  readonly labels?: Readonly<Record<string, string>>;

  /** Kubernetes taints of the nodes, each by a name that keys it. */
  readonly taints?: readonly NodeTaint[];
}

/** A taint: pods that do not tolerate it stay away. */
export interface NodeTaint {
  /** Key of the taint. */
  readonly key: string;

  /** Value of the taint. */
  readonly value?: string;

  /** What happens to pods that do not tolerate it. */
  readonly effect: "NO_SCHEDULE" | "NO_EXECUTE" | "PREFER_NO_SCHEDULE";
}

/** EKS gives a node group's name 63 characters; Terraform ends the prefix with 26 of its own. */
const NAME = /^[a-z](?:-?[a-z0-9]){0,29}$/;

/** What Kubernetes takes in a label: a prefix that is a domain, and a name. */
const LABEL_KEY = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;

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
  return faults;
}

function whole(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least;
}

function shown(value: unknown): string {
  return typeof value === "number" || value === undefined ? String(value) : JSON.stringify(value);
}
