import type { WholeRequest, WholeResponse } from "../../../../local/gateway/exchange";
import { publicAmis } from "../../../../local/services/servicequotas/public-amis";

const BEYOND: WholeResponse = { status: 418, headers: {}, body: "the emulator's" };

const quota = (asked: object) =>
  publicAmis.correct(
    { operation: "GetServiceQuota", body: Buffer.from(JSON.stringify(asked)) } as WholeRequest,
    async () => BEYOND,
  );

test("an account may have five public AMIs in a Region; every other quota is the emulator's", async () => {
  const { status, body } = await quota({ ServiceCode: "ec2", QuotaCode: "L-0E3CBAB9" });
  expect([status, JSON.parse(String(body)).Quota]).toEqual([
    200,
    expect.objectContaining({ QuotaCode: "L-0E3CBAB9", Value: 5, Adjustable: true }),
  ]);
  for (const other of [{ ServiceCode: "vpc", QuotaCode: "L-0E3CBAB9" }, { ServiceCode: "ec2" }, {}])
    expect(await quota(other)).toBe(BEYOND);
  expect(publicAmis.applies({ operation: "ListServiceQuotas" } as WholeRequest)).toBe(false);
});
