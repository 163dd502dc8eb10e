import { randomUUID } from "node:crypto";
import { ofOperations } from "../../gateway/corrections";
import type { WholeRequest, WholeResponse } from "../../gateway/exchange";
import { parametersOf, withBody, withParameters } from "./query";

/** Tag by which moto remembers the options; it is taken out of every answer. */
const TAG = "groundplan:flow-log-destination-options";

/**
 * Flow logs to S3. moto looks for the bucket among its own, and the buckets are MiniStack's; it drops
 * the options of the files (format, partitions), so that a plan would replace the flow log every time.
 *
 * Here the bucket is asked of S3 as a client would, moto gets one of the same name, and the options are
 * kept as a tag of the flow log, which is kept and forgotten with it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
 */
export const createFlowLogs = ofOperations(["CreateFlowLogs"], async (request, forward) => {
  const parameters = parametersOf(request);
  if (parameters.get("LogDestinationType") !== "s3") return forward(request);

  const bucket = (parameters.get("LogDestination") ?? "").split(":").at(-1)?.split("/", 1)[0] ?? "";
  if (!(await exists(request, bucket))) return noBucket(parameters, bucket);
  await forward(bucketRequest(request, "PUT", bucket));

  const options = ["FileFormat", "HiveCompatiblePartitions", "PerHourPartition"].map(
    (name) =>
      parameters.get(`DestinationOptions.${name}`) ?? (name === "FileFormat" ? "plain-text" : "false"),
  );
  addTag(parameters, TAG, options.join(" "));
  return forward(withParameters(request, parameters));
});

/**
 * Answers the options with the flow log, and hides the tag.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DestinationOptionsResponse.html
 */
export const describeFlowLogs = ofOperations(["DescribeFlowLogs"], async (request, forward) => {
  const response = await forward(request);
  const body = String(response.body).replaceAll(
    new RegExp(`<flowLogId>[^<]*</flowLogId>(?:(?!<flowLogId>)[\\s\\S])*?${TAG}[\\s\\S]*?</value>`, "g"),
    (item) => {
      const [format, hive, hourly] = /<value>([^<]*)<\/value>$/.exec(item)?.[1]?.split(" ") ?? [];
      return item.replace(
        "</flowLogId>",
        `</flowLogId><destinationOptions><fileFormat>${format}</fileFormat><hiveCompatiblePartitions>${hive}</hiveCompatiblePartitions><perHourPartition>${hourly}</perHourPartition></destinationOptions>`,
      );
    },
  );
  return withBody(response, withoutTag(body));
});

/** Hides the tag in the list of all tags too. */
export const hideOptionsTag = ofOperations(["DescribeTags"], async (request, forward) => {
  const response = await forward(request);
  return withBody(response, withoutTag(String(response.body)));
});

/** Takes the tag out of a list of tags. */
function withoutTag(body: string): string {
  const item = new RegExp(`<item>(?:(?!<item>|</item>)[\\s\\S])*${TAG}(?:(?!</item>)[\\s\\S])*</item>`, "g");
  return body.replaceAll(item, "");
}

/** Whether S3 has a bucket: asked of the gateway itself, in the caller's name. */
async function exists(request: WholeRequest, bucket: string): Promise<boolean> {
  const { headers, url } = bucketRequest(request, "HEAD", bucket);
  const authorization = headers.authorization ?? "";
  const response = await fetch(`http://${request.headers.host}${url}`, {
    method: "HEAD",
    headers: { authorization },
  });
  return response.status !== 404;
}

function bucketRequest(request: WholeRequest, method: string, bucket: string): WholeRequest {
  const authorization = (request.headers.authorization ?? "").replace(
    "/ec2/aws4_request",
    "/s3/aws4_request",
  );
  const { host } = request.headers;
  const headers = { authorization, ...(host === undefined ? {} : { host }) };
  return {
    ...request,
    method,
    url: `/${bucket}`,
    headers,
    operation: `${method} /${bucket}`,
    body: Buffer.alloc(0),
  };
}

/** What AWS answers when it cannot write to the bucket: nothing was made, and why. */
function noBucket(parameters: URLSearchParams, bucket: string): WholeResponse {
  const resource = parameters.get("ResourceId.1") ?? "";
  const error = `<error><code>400</code><message>LogDestination: ${bucket} does not exist</message></error>`;
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>
<CreateFlowLogsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${randomUUID()}</requestId><unsuccessful><item>${error}<resourceId>${resource}</resourceId></item></unsuccessful><flowLogIdSet/></CreateFlowLogsResponse>`,
  };
}

/** Adds a tag to the first list of tags, or makes that list. */
function addTag(parameters: URLSearchParams, key: string, value: string): void {
  const first = "TagSpecification.1";
  if (!parameters.has(`${first}.ResourceType`)) parameters.set(`${first}.ResourceType`, "vpc-flow-log");
  const taken = [...parameters.keys()].flatMap(
    (name) => /^TagSpecification\.1\.Tag\.(\d+)\.Key$/.exec(name)?.[1] ?? [],
  );
  const next = Math.max(0, ...taken.map(Number)) + 1;
  parameters.set(`${first}.Tag.${next}.Key`, key);
  parameters.set(`${first}.Tag.${next}.Value`, value);
}
