import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { WholeRequest, WholeResponse } from "../../../../local/gateway/exchange";
import { correctEc2 } from "./correct";

/** A gateway that has the bucket `logs` and no other. */
let s3: Server;

beforeAll((done) => {
  s3 = createServer((request, response) => {
    response.statusCode = request.url === "/logs" ? 200 : 404;
    response.end();
  }).listen(0, "127.0.0.1", done);
});

afterAll((done) => {
  s3.close(done);
});

function request(parameters: Record<string, string>): WholeRequest {
  const { port } = s3.address() as AddressInfo;
  return {
    method: "POST",
    url: "/",
    headers: {
      host: `127.0.0.1:${port}`,
      authorization: "AWS4-HMAC-SHA256 Credential=key/20261121/us-east-1/ec2/aws4_request, Signature=0",
    },
    scope: { accessKey: "key", region: "us-east-1", service: "ec2" },
    operation: parameters.Action ?? "",
    body: Buffer.from(new URLSearchParams(parameters).toString()),
  };
}

/** Corrects a request; what reached the emulator, and what came back. */
async function corrected(
  parameters: Record<string, string>,
  answer = "",
): Promise<{ sent: WholeRequest[]; response: WholeResponse }> {
  const sent: WholeRequest[] = [];
  const response = await correctEc2(request(parameters), async (forwarded) => {
    sent.push(forwarded);
    return { status: 200, headers: {}, body: answer };
  });
  return { sent, response };
}

const toS3 = (bucket: string) => ({
  Action: "CreateFlowLogs",
  "ResourceId.1": "vpc-1",
  LogDestinationType: "s3",
  LogDestination: `arn:aws:s3:::${bucket}/prefix`,
  "DestinationOptions.FileFormat": "parquet",
  "DestinationOptions.PerHourPartition": "true",
  "TagSpecification.1.ResourceType": "vpc-flow-log",
  "TagSpecification.1.Tag.1.Key": "Name",
  "TagSpecification.1.Tag.1.Value": "dev",
});

test("a flow log to a bucket that exists reaches moto, which gets the bucket and keeps the options", async () => {
  const { sent } = await corrected(toS3("logs"));

  expect(sent.map(({ operation }) => operation)).toEqual(["PUT /logs", "CreateFlowLogs"]);
  const parameters = new URLSearchParams(sent[1]?.body.toString());
  expect(parameters.get("TagSpecification.1.Tag.1.Value")).toBe("dev");
  expect(parameters.get("TagSpecification.1.Tag.2.Value")).toBe("parquet false true");
});

test("a flow log to a bucket that does not exist is refused as AWS does, and nothing is made", async () => {
  const { sent, response } = await corrected(toS3("elsewhere"));

  expect(sent).toEqual([]);
  expect(String(response.body)).toContain("LogDestination: elsewhere does not exist");
});

test("a flow log to CloudWatch goes on as it is", async () => {
  const parameters = { Action: "CreateFlowLogs", LogDestinationType: "cloud-watch-logs" };
  const { sent } = await corrected(parameters);

  expect(sent.map(({ body }) => body.toString())).toEqual([new URLSearchParams(parameters).toString()]);
});

test("the options come back with their own flow log, and the tag that kept them does not", async () => {
  const tag = (key: string, value: string) => `<item><key>${key}</key><value>${value}</value></item>`;
  const item = (id: string, tags: string) =>
    `<item><flowLogId>${id}</flowLogId><tagSet>${tags}</tagSet></item>`;
  const kept = tag("groundplan:flow-log-destination-options", "parquet false true");
  const answer = `<flowLogSet>${item("fl-1", tag("Name", "one"))}${item("fl-2", tag("Name", "two") + kept)}</flowLogSet>`;

  const body = String((await corrected({ Action: "DescribeFlowLogs" }, answer)).response.body);

  const options =
    "<destinationOptions><fileFormat>parquet</fileFormat><hiveCompatiblePartitions>false</hiveCompatiblePartitions><perHourPartition>true</perHourPartition></destinationOptions>";
  expect(body).toBe(
    `<flowLogSet>${item("fl-1", tag("Name", "one"))}${item("fl-2", tag("Name", "two")).replace("</flowLogId>", `</flowLogId>${options}`)}</flowLogSet>`,
  );
});
