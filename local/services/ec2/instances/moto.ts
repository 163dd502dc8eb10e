import type { Forward } from "../../../gateway/service";
import type { InstanceChange, Listing } from "./listed";

/** Path of `machines.py`, which the gateway alone reaches. */
const PATH = "/moto-api/groundplan/instances";

/** Tells moto what has become of machines, and asks for all instances. @throws when it does not answer. */
export async function exchangeWithMoto(ask: Forward, changes: readonly InstanceChange[]): Promise<Listing> {
  const { status, body } = await ask({
    method: "POST",
    url: PATH,
    headers: { host: "localhost", "content-type": "application/json" },
    scope: { accessKey: "000000000000", region: "us-east-1", service: "ec2" },
    operation: `POST ${PATH}`,
    target: "emulator",
    body: Buffer.from(JSON.stringify({ changes })),
  });
  if (status !== 200) throw new Error(`moto answered ${status}: ${body.toString().slice(0, 300)}`);
  return JSON.parse(body.toString()) as Listing;
}
