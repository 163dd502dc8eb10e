import { LocalError } from "../options";
import type { Nodes } from "./control-plane";
import type { NodesOption } from "./options";

/** Nodes that kwok simulates, unless more or fewer are asked for: one in each zone. */
const SIMULATED = 3;

/** What runs the pods of a cluster. */
export interface NodeChoice {
  readonly nodes: Nodes;

  /** Why they are simulated, where nobody has asked for that. */
  readonly obstacle?: string;
}

/**
 * A real node where one is asked for, or nothing is and the machine can run one.
 *
 * @param obstacle - why the machine cannot.
 * @throws LocalError where a real node is asked for that cannot be had.
 */
export function chooseNodes(asked: NodesOption | undefined, obstacle: string | undefined): NodeChoice {
  if (typeof asked === "number") return { nodes: { kind: "kwok", count: asked } };
  if (asked === "kwok") return { nodes: { kind: "kwok", count: SIMULATED } };
  if (obstacle === undefined) return { nodes: { kind: "real" } };
  if (asked === undefined) return { nodes: { kind: "kwok", count: SIMULATED }, obstacle };
  throw new LocalError(
    "missing",
    `this machine cannot run a real node: ${obstacle}\n  or have nodes simulated: groundplan local cluster up --nodes kwok`,
  );
}

/** Whether the nodes that are there are the ones that are asked for. */
export function areNodesAsAsked(nodes: Nodes, asked: NodesOption | undefined): boolean {
  if (asked === undefined) return true;
  if (typeof asked === "number") return nodes.kind === "kwok" && nodes.count === asked;
  return nodes.kind === asked;
}
