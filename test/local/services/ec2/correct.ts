import { chain } from "../../../../local/gateway/corrections";
import type { WholeRequest, WholeResponse } from "../../../../local/gateway/exchange";
import type { Forward } from "../../../../local/gateway/service";
import { ec2 } from "../../../../local/services/ec2";
import { NOTHING_KEPT } from "../context";

/** Sends a request through all corrections of EC2. */
export function correctEc2(request: WholeRequest, emulator: Forward): Promise<WholeResponse> {
  return chain(ec2.corrections?.(NOTHING_KEPT) ?? [], emulator)(request);
}
