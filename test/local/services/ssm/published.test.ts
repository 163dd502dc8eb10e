import type { WholeRequest, WholeResponse } from "../../../../local/gateway/exchange";
import { publishedParameters } from "../../../../local/services/ssm/published";

const BEYOND: WholeResponse = { status: 418, headers: {}, body: "the emulator's" };

async function answerTo(body: string): Promise<WholeResponse> {
  const request = { operation: "GetParameter", body: Buffer.from(body) } as WholeRequest;
  return publishedParameters.correct(request, async () => BEYOND);
}

test("the newest image of nodes is published; every other parameter is the emulator's", async () => {
  const Name =
    "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/standard/recommended/release_version";
  const { status, body } = await answerTo(JSON.stringify({ Name }));
  expect(status).toBe(200);
  expect(JSON.parse(String(body)).Parameter).toMatchObject({
    Name,
    Type: "String",
    Value: expect.stringMatching(/^1\.35\.\d+-\d{8}$/),
  });
  for (const other of [{ Name: "/groundplan/dev/cluster" }, { Name: 1 }, {}]) {
    expect(await answerTo(JSON.stringify(other))).toBe(BEYOND);
  }
  expect(await answerTo("")).toBe(BEYOND);
});
