import type { Json } from "../../../../../cli/input/json";
import { resource } from "../../runs";
import { create, findRisks, update } from "../risk-fixtures";

const opened = (words: string) => [expect.stringMatching(`^high ingress-open-to-world: ${words}`)];

test.each<[string, Json, Json]>([
  ["aws_db_instance", { publicly_accessible: true }, { publicly_accessible: false }],
  ["aws_redshift_cluster", { publicly_accessible: true }, { publicly_accessible: false }],
  ["aws_dms_replication_instance", { publicly_accessible: true }, { publicly_accessible: false }],
  ["aws_mq_broker", { publicly_accessible: true }, {}],
  ["aws_msk_cluster", msk("SERVICE_PROVIDED_EIPS"), msk("DISABLED")],
  ["aws_s3_bucket_acl", { acl: "public-read" }, { acl: "private" }],
  ["aws_s3_bucket", { acl: "public-read-write" }, { acl: "private" }],
  [
    "aws_s3_bucket_acl",
    acl("http://acs.amazonaws.com/groups/global/AllUsers"),
    acl("http://acs.amazonaws.com/groups/s3/LogDelivery"),
  ],
  ["aws_lambda_function_url", { authorization_type: "NONE" }, { authorization_type: "AWS_IAM" }],
  [
    "aws_cognito_identity_pool",
    { allow_unauthenticated_identities: true },
    { allow_unauthenticated_identities: false },
  ],
])("%s: %j is public, created or changed; %j is not", (type, open, closed) => {
  expect(create(type, open)).toEqual(opened(""));
  expect(update(type, closed, open)).toEqual(opened(""));
  expect(create(type, closed)).toEqual([]);
  expect(update(type, open, open)).toEqual([]);
  expect(update(type, open, closed)).toEqual([]);
});

test.each<[string, Json, Json]>([
  ["aws_lb", { internal: false }, { internal: true }],
  ["aws_apigatewayv2_route", { authorization_type: "NONE" }, { authorization_type: "JWT" }],
  ["aws_api_gateway_method", { authorization: "NONE" }, { authorization: "AWS_IAM" }],
  ["aws_transfer_server", { endpoint_type: "PUBLIC" }, { endpoint_type: "VPC" }],
  [
    "aws_api_gateway_rest_api",
    { endpoint_configuration: [{ types: ["REGIONAL"] }] },
    { endpoint_configuration: [{ types: ["PRIVATE"] }] },
  ],
])("%s: %j is ordinary, unless it was %j", (type, open, closed) => {
  expect(update(type, closed, open)).toEqual(opened(""));
  expect(create(type, open)).toEqual([]);
  expect(update(type, open, closed)).toEqual([]);
});

test.each<[string, Json, Json]>([
  ["aws_instance", { associate_public_ip_address: true }, { associate_public_ip_address: false }],
  ["aws_subnet", { map_public_ip_on_launch: true }, { map_public_ip_on_launch: false }],
  [
    "aws_ecs_service",
    { network_configuration: [{ assign_public_ip: true }] },
    { network_configuration: [{ assign_public_ip: false }] },
  ],
])("%s: %j is less, and ordinary, unless it was %j", (type, open, closed) => {
  expect(update(type, closed, open)).toEqual([expect.stringMatching("^medium ingress-open-to-world: ")]);
  expect(create(type, open)).toEqual([]);
  expect(update(type, open, closed)).toEqual([]);
});

test("a balancer is replaced to become public, and that is said", () => {
  const json = resource(
    "aws_lb.a",
    ["delete", "create"],
    { internal: true },
    { internal: false },
    { replace_paths: [["internal"]] },
  );
  expect(findRisks(json)).toEqual([
    "medium replace: replaced, forced by internal",
    "high ingress-open-to-world: can be reached from the internet: internal is false",
  ]);
});

test("a bucket's block that is made with a hole", () => {
  const block = (some: object) => ({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
    ...some,
  });
  expect(create("aws_s3_bucket_public_access_block", block({}))).toEqual([]);
  expect(create("aws_s3_bucket_public_access_block", block({ block_public_policy: false }))).toEqual(
    opened("public access to S3 is not blocked: block_public_policy is false"),
  );
  expect(
    update("aws_s3_bucket_public_access_block", block({}), block({ block_public_policy: false })),
  ).toEqual(["high protection-removed: block_public_policy is turned off"]);
});

test("what is known only after the apply, or secret, is not judged", () => {
  expect(create("aws_db_instance", {}, { after_unknown: { publicly_accessible: true } })).toEqual([]);
  expect(
    create(
      "aws_s3_bucket_public_access_block",
      {},
      {
        after_unknown: {
          block_public_acls: true,
          block_public_policy: true,
          ignore_public_acls: true,
          restrict_public_buckets: true,
        },
      },
    ),
  ).toEqual([]);
  expect(
    create(
      "aws_db_instance",
      { publicly_accessible: true },
      { after_sensitive: { publicly_accessible: true } },
    ),
  ).toEqual([]);
});

function msk(type: string): Json {
  return { broker_node_group_info: [{ connectivity_info: [{ public_access: [{ type }] }] }] };
}

function acl(uri: string): Json {
  return { access_control_policy: [{ grant: [{ grantee: [{ uri }] }] }] };
}
