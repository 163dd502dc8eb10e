import { fleetContext } from "../../runner-core/src/fleet-context";
import { type BatchResponse, type QueueRecord, scaleUp } from "../../runner-core/src/scale-up";

const context = fleetContext(process.env);

/** Starts instances for the messages of a batch; an event source of SQS calls it, with partial batch responses. */
export function handler({ Records }: { readonly Records: readonly QueueRecord[] }): Promise<BatchResponse> {
  return scaleUp(Records, context);
}
