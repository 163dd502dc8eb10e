import { join } from "node:path";

/** Address of the node in its own network, and those of its pods. */
export const NODE_ADDRESS = "10.0.0.4";
export const POD_RANGE = "10.244.0.0/24";

/** Where the node's own folder and the built programs are inside its namespaces. */
export const INSIDE = "/run/groundplan/data";
export const PROGRAMS_INSIDE = "/run/groundplan/bin";

export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** Path of a file of the node's folder, inside. */
export function inside(name: string): string {
  return join(INSIDE, name);
}
