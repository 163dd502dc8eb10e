import { type Architecture, architectureOf } from "../../cluster/instance-families";
import type { NodeTaint } from "../../cluster/node-group-options";
import type { Fault } from "../../core/errors";

/** A pool of nodes that Karpenter starts as pods need them. */
export interface NodePoolOptions {
  /** How instances are bought; of several the cheapest that is to be had. @default ["on-demand"] */
  readonly capacity?: readonly ("on-demand" | "spot" | "reserved")[];

  /**
   * Capacity reservations that `reserved` takes instances from, each by its id or by its tags; those of other accounts that
   * are shared with this one count too. @default - none
   */
  readonly capacityReservations?: readonly CapacityReservation[];

  /** Processor architectures. @default ["x86_64"] */
  readonly architectures?: readonly Architecture[];

  /** EC2 instance types, e.g. `m7g.large`. @default - those of the categories and generations */
  readonly instanceTypes?: readonly string[];

  /** Categories of instance types, e.g. `g` for GPUs; not beside `instanceTypes`. @default ["c", "m", "r"] */
  readonly instanceCategories?: readonly string[];

  /** Earliest generation of instance types, 1 or more; not beside `instanceTypes`. @default 5 */
  readonly minGeneration?: number;

  /** Zones of the network. @default - all */
  readonly zones?: readonly string[];

  /** Image of the nodes; with NVIDIA's or Neuron's drivers where an instance needs them. @default "al2023" */
  readonly image?: "al2023" | "bottlerocket";

  /** Release of the image: `latest`, or Karpenter's own words for one, e.g. `v20261110`. @default "latest" */
  readonly imageVersion?: string;

  /** Size of the volume for images and pods in GiB, 20 to 16384. @default 50 */
  readonly diskGb?: number;

  /** Kubernetes labels of the nodes. */
  readonly labels?: Readonly<Record<string, string>>;

  /** Kubernetes taints of the nodes. */
  readonly taints?: readonly NodeTaint[];

  /** Most virtual processors of the pool. @default 64 */
  readonly cpuLimit?: number;

  /** Most memory of the pool in GiB. @default 256 */
  readonly memoryLimitGb?: number;

  /** Hours after which a node is renewed, so that its image is never old. @default 720 */
  readonly expireAfterHours?: number;

  /** Minutes after which nodes that are empty, or could be packed closer, go. @default 5 */
  readonly consolidateAfterMinutes?: number;

  /** Nodes that may be away at a time, a number or a share. @default "25%" */
  readonly maxUnavailable?: number | `${number}%`;

  /** Which pool is tried first where a pod fits several: the highest, 1 to 100. @default - none */
  readonly weight?: number;
}

/** A capacity reservation or capacity block by its id, e.g. `cr-56fac701cc1951b03`, or all with certain tags. */
export type CapacityReservation =
  | { readonly id: string }
  | { readonly tags: Readonly<Record<string, string>> };

/** Pools by name. */
export type NodePools = Readonly<Record<string, NodePoolOptions>>;

const NAME = /^[a-z](?:-?[a-z0-9]){0,49}$/;
const KEY = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

/** Domains of labels that Karpenter refuses, or writes itself, but for those that it leaves to others. */
const RESERVED =
  /^(?!(?:[a-z0-9.-]*\.)?(?:node\.kubernetes\.io|node-restriction\.kubernetes\.io|kops\.k8s\.io)\/)(?:[a-z0-9.-]*\.)?(?:kubernetes\.io|k8s\.io|karpenter\.sh|karpenter\.k8s\.aws)\//;

/**
 * The faults of pools, each beginning with where it lies.
 *
 * @param zones - of the network.
 * @see https://karpenter.sh/docs/concepts/nodepools/
 */
export function nodePoolFaults(pools: NodePools, zones: readonly string[]): readonly Fault[] {
  return Object.entries(pools).flatMap(([name, pool]) => [
    ...(NAME.test(name)
      ? []
      : [
          {
            what: `pool ${JSON.stringify(name)} may hold only lower-case letters, digits and single hyphens, 50 at most`,
            instead: 'use e.g. "batch"',
          },
        ]),
    ...typeFaults(name, pool),
    ...reservationFaults(name, pool),
    ...zoneFaults(name, pool, zones),
    ...numberFaults(name, pool),
    ...markFaults(name, pool),
  ]);
}

function typeFaults(name: string, pool: NodePoolOptions): readonly Fault[] {
  const { architectures = ["x86_64"], instanceTypes, instanceCategories, minGeneration } = pool;
  const faults: Fault[] = [];
  for (const key of ["capacity", "architectures", "instanceTypes", "instanceCategories"] as const) {
    if (pool[key]?.length !== 0) continue;
    faults.push({ what: `${name}.${key} is []: no instance is of it`, instead: "name one, or leave it out" });
  }
  if (instanceTypes && (instanceCategories ?? minGeneration) !== undefined) {
    faults.push({
      what: `${name} has instanceTypes, and instanceCategories or minGeneration beside them`,
      instead: "say the types, or what they are of",
    });
  }
  const wrong = (instanceTypes ?? []).filter((type) => {
    const own = architectureOf(type);
    return own !== undefined && !architectures.includes(own);
  });
  if (wrong.length > 0) {
    faults.push({
      what: `${name}.instanceTypes has ${wrong.join(", ")}, whose processors are not ${architectures.join(" or ")}`,
      instead: `add their architecture: architectures: ["x86_64", "arm64"]`,
    });
  }
  return faults;
}

/** Most terms that Karpenter takes. @see https://karpenter.sh/docs/concepts/nodeclasses/#speccapacityreservationselectorterms */
const RESERVATIONS = 30;

function reservationFaults(
  name: string,
  { capacity = [], capacityReservations = [] }: NodePoolOptions,
): readonly Fault[] {
  const faults: Fault[] = [];
  const reserved = capacity.includes("reserved");
  if (reserved && capacityReservations.length === 0) {
    faults.push({
      what: `${name}.capacity has "reserved", and no capacityReservations: no instance would ever start of it`,
      instead: 'name them, e.g. capacityReservations: [{ id: "cr-56fac701cc1951b03" }]',
    });
  }
  if (!reserved && capacityReservations.length > 0) {
    faults.push({
      what: `${name}.capacityReservations is set, and capacity has no "reserved": nothing would use them`,
      instead: 'use e.g. capacity: ["reserved", "on-demand"]',
    });
  }
  if (capacityReservations.length > RESERVATIONS) {
    faults.push({
      what: `${name}.capacityReservations has ${capacityReservations.length} entries, and Karpenter takes ${RESERVATIONS}`,
      instead: "name them by tags",
    });
  }
  for (const one of capacityReservations) {
    if ("id" in one ? /^cr-[0-9a-f]+$/.test(one.id) : areTags(one.tags)) continue;
    faults.push({
      what: `${name}.capacityReservations has ${JSON.stringify(one)}, which names none`,
      instead: 'use e.g. { id: "cr-56fac701cc1951b03" }, or { tags: { team: "models" } }',
    });
  }
  return faults;
}

/** Tags by which something can be found; `*` stands for any value. */
function areTags(tags: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(tags);
  return entries.length > 0 && entries.every(([key, value]) => key !== "" && value !== "");
}

function zoneFaults(
  name: string,
  { zones = [] }: NodePoolOptions,
  known: readonly string[],
): readonly Fault[] {
  return zones
    .filter((zone) => !known.includes(zone))
    .map((zone) => ({
      what: `${name}.zones has ${JSON.stringify(zone)}, which is not a zone of the network`,
      instead: `use some of ${known.join(", ")}`,
    }));
}

function numberFaults(name: string, pool: NodePoolOptions): readonly Fault[] {
  const limits = {
    minGeneration: [1, 20],
    diskGb: [20, 16_384],
    cpuLimit: [1, 100_000],
    memoryLimitGb: [1, 1_000_000],
    expireAfterHours: [1, 8760],
    consolidateAfterMinutes: [0, 1440],
    weight: [1, 100],
  } as const;
  const faults: Fault[] = [];
  for (const [key, [least, most]] of Object.entries(limits) as [
    keyof typeof limits,
    readonly [number, number],
  ][]) {
    const value = pool[key];
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) continue;
    faults.push({ what: `${name}.${key} is ${value}`, instead: `use a whole number of ${least} to ${most}` });
  }
  const { maxUnavailable = 1 } = pool;
  const share = typeof maxUnavailable === "string" ? /^(\d+)%$/.exec(maxUnavailable)?.[1] : maxUnavailable;
  if (
    !Number.isInteger(Number(share)) ||
    Number(share) < 1 ||
    (typeof maxUnavailable === "string" && Number(share) > 100)
  ) {
    faults.push({
      what: `${name}.maxUnavailable is ${JSON.stringify(maxUnavailable)}: no node would ever be renewed`,
      instead: 'use e.g. "25%", or 1',
    });
  }
  return faults;
}

function markFaults(name: string, { labels = {}, taints = [] }: NodePoolOptions): readonly Fault[] {
  const reserved = Object.keys(labels).filter((key) => !KEY.test(key) || RESERVED.test(key));
  const kinds = taints.map(({ key, effect }) => `${key}:${effect}`);
  return [
    ...reserved.map((key) => ({
      what: `${name}.labels has ${JSON.stringify(key)}, which is not a label of one's own`,
      instead: 'use e.g. { workload: "batch" }',
    })),
    ...taints
      .filter(({ key }) => !KEY.test(key))
      .map(({ key }) => ({
        what: `${name}.taints has ${JSON.stringify(key)}, which Kubernetes does not take`,
        instead: 'use e.g. { key: "workload", value: "batch", effect: "NO_SCHEDULE" }',
      })),
    ...[...new Set(kinds.filter((one, index) => kinds.indexOf(one) !== index))].map((kind) => ({
      what: `${name}.taints has ${JSON.stringify(kind)} twice`,
      instead: "list it once",
    })),
  ];
}
