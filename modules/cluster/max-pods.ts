/** Addresses of a prefix, a /28. */
const PREFIX = 16;

/** Most pods of a node with fewer than 30 virtual processors, and of one with more, as EKS recommends. */
const SMALL_NODE = 110;
const LARGE_NODE = 250;

/**
 * Pods that a node takes when the VPC CNI hands out prefixes instead of single addresses: the least of the types.
 *
 * @param instanceTypes - of a group, e.g. `m5.large`.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html#determine-max-pods
 */
export function maxPods(instanceTypes: readonly string[]): number {
  return Math.min(...instanceTypes.map(maxPodsOf));
}

function maxPodsOf(type: string): number {
  const [family = "", size = ""] = type.split(".");
  // Two network interfaces with two or four addresses each, of which one is the interface's own; two pods use the node's.
  if (size === "nano" || size === "micro") return 2 * 1 * PREFIX + 2;
  if (size === "medium" && !family.startsWith("t")) return 2 * 3 * PREFIX + 2;
  // An xlarge has four virtual processors.
  const times = /^(\d+)xlarge$/.exec(size)?.[1];
  return size.startsWith("metal") || Number(times ?? 0) >= 8 ? LARGE_NODE : SMALL_NODE;
}
