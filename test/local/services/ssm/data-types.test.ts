import type { WholeRequest, WholeResponse } from "../../../../local/gateway/exchange";
import { dataTypes } from "../../../../local/services/ssm/data-types";

const IMAGE = { Name: "/images/dev", DataType: "aws:ec2:image" };
const PAGE = { Parameters: [{ Name: "/text", DataType: "text" }, IMAGE, { Name: "/old" }], NextToken: "2" };

/** What is answered, and what the emulator was asked. */
async function asking(asked: object, status = 200) {
  let seen = "";
  const request = {
    operation: "DescribeParameters",
    body: Buffer.from(JSON.stringify(asked)),
  } as WholeRequest;
  const forward = async ({ body }: WholeRequest): Promise<WholeResponse> => {
    seen = body.toString();
    return { status, headers: { "content-length": 1, "x-id": "1" }, body: JSON.stringify(PAGE) };
  };
  const { body, headers } = await dataTypes.correct(request, forward);
  return { answer: JSON.parse(String(body)), headers, seen: JSON.parse(seen) };
}

test("parameters of a data type are those of each page, and the emulator is asked without the filter", async () => {
  const byType = { Key: "DataType", Values: ["aws:ec2:image"] };
  const byName = { Key: "Name", Option: "BeginsWith", Values: ["/"] };
  const { answer, headers, seen } = await asking({ MaxResults: 50, ParameterFilters: [byType, byName] });
  expect(answer).toEqual({ Parameters: [IMAGE], NextToken: "2" });
  expect(seen).toEqual({ MaxResults: 50, ParameterFilters: [byName] });
  // It has become shorter.
  expect(headers).toEqual({ "x-id": "1" });
  expect((await asking({ ParameterFilters: [byType] })).seen).toEqual({});
});

test("one that has no type is text; what asks for no type, and a refusal, are the emulator's", async () => {
  const texts = await asking({ ParameterFilters: [{ Key: "DataType", Values: ["text"] }] });
  expect(texts.answer.Parameters).toHaveLength(2);
  for (const asked of [{}, { ParameterFilters: [{ Key: "Type", Values: ["String"] }] }])
    expect(await asking(asked)).toMatchObject({ answer: PAGE, seen: asked });
  const refused = await asking({ ParameterFilters: [{ Key: "DataType", Values: ["text"] }] }, 400);
  expect(refused.answer).toEqual(PAGE);
});
