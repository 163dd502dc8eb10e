import { AwsCaller, elementsAt, listAt, textAt, textsAt } from "../../../local/gateway/caller";
import type { WholeRequest, WholeResponse } from "../../../local/gateway/exchange";

const PLACE = { account: "123456789012", region: "us-east-1" };

function callerOf(answer: Pick<WholeResponse, "status" | "body">) {
  const asked: WholeRequest[] = [];
  const caller = new AwsCaller(async (request) => {
    asked.push(request);
    return { headers: {}, ...answer };
  }, PLACE);
  return { caller, asked };
}

test("a call of a JSON protocol is for its service, in its account and Region", async () => {
  const { caller, asked } = callerOf({ status: 200, body: '{"a":1}' });
  expect(await caller.json("logs", "Logs_20140328.PutLogEvents", { b: 2 })).toEqual({ a: 1 });
  expect(asked[0]).toMatchObject({
    operation: "PutLogEvents",
    scope: { accessKey: "123456789012", region: "us-east-1", service: "logs" },
    body: Buffer.from('{"b":2}'),
  });
});

test("an event is a service's own, and one that is refused is an error although the answer is well", async () => {
  const well = callerOf({ status: 200, body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' });
  await well.caller.event({ Source: "aws.ec2" });
  expect(well.asked[0]).toMatchObject({ operation: "PutEvents", target: "service" });
  const refused = callerOf({
    status: 200,
    body: '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"NotAuthorizedForSourceException","ErrorMessage":"no"}]}',
  });
  await expect(refused.caller.event({ Source: "aws.ec2" })).rejects.toMatchObject({
    code: "NotAuthorizedForSourceException",
  });
});

test("a call of the query protocol, whose lists have members", async () => {
  const list = "<Ids><member>1</member></Ids><All><member><Id>a</Id></member></All><One><Id>b</Id></One>";
  const { caller, asked } = callerOf({
    status: 200,
    body: `<DescribeAllResponse><DescribeAllResult>${list}</DescribeAllResult></DescribeAllResponse>`,
  });
  const found = await caller.query("elasticloadbalancing", "2015-12-01", "DescribeAll", { Name: "a&b" });
  expect(textsAt(found, "Ids")).toEqual(["1"]);
  expect(listAt(found, "All").map((one) => textAt(one, "Id"))).toEqual(["a"]);
  expect(elementsAt(found, "One").map((one) => textAt(one, "Id"))).toEqual(["b"]);
  expect(asked[0]?.body.toString()).toBe("Action=DescribeAll&Version=2015-12-01&Name=a%26b");
});

test("what a service refuses is an error with its code, in JSON and in XML", async () => {
  const json = callerOf({ status: 400, body: '{"__type":"com.amazonaws#NotThere","message":"no"}' });
  await expect(json.caller.json("logs", "A.B", {})).rejects.toMatchObject({
    code: "NotThere",
    message: "no",
    status: 400,
  });
  const xml = callerOf({
    status: 404,
    body: "<ErrorResponse><Error><Code>NotThere</Code><Message>no</Message></Error></ErrorResponse>",
  });
  await expect(xml.caller.query("rds", "1", "A")).rejects.toMatchObject({
    code: "NotThere",
    message: "no",
    status: 404,
  });
});
