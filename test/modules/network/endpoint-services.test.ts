import { endpointFaults, hasPrivateDns } from "@groundplan/modules/network/endpoint-services";

test("short names pass", () => {
  const interfaces = [
    "ecr.api",
    "ecr.dkr",
    "sts",
    "ssm",
    "ec2messages",
    "s3",
    "sagemaker.api",
    "git-codecommit",
  ];
  expect(endpointFaults(["s3", "dynamodb"], interfaces)).toEqual([]);
  expect(endpointFaults([], [])).toEqual([]);
});

test.each([
  ["com.amazonaws.us-east-1.ecr.api", "ecr.api"],
  ["cn.com.amazonaws.cn-north-1.sts", "sts"],
  ["com.amazonaws.vpce.us-east-1.vpce-svc-0", "ecr.api"],
  ["ECR", "ecr.api"],
  ["ecr..api", "ecr.api"],
  [".ecr", "ecr.api"],
  ["ecr api", "ecr.api"],
  ["", "ecr.api"],
])("%j is not a short name", (service, instead) => {
  expect(endpointFaults([], [service])).toEqual([
    {
      what: `interfaceEndpoints has ${JSON.stringify(service)}, which is not the short name of a service`,
      instead: `use e.g. ${JSON.stringify(instead)}`,
    },
  ]);
});

test("a service is listed once in each kind, and may be in both", () => {
  expect(endpointFaults(["s3"], ["s3"])).toEqual([]);
  expect(endpointFaults(["s3", "s3"], ["sts", "sts", "sts"])).toEqual([
    { what: 'gatewayEndpoints lists "s3" twice', instead: "list it once" },
    { what: 'interfaceEndpoints lists "sts" twice', instead: "list it once" },
  ]);
});

test("only S3 and DynamoDB have gateway endpoints", () => {
  expect(endpointFaults(["sts"], [])).toEqual([
    {
      what: 'gatewayEndpoints has "sts", and AWS has no gateway endpoint for it',
      instead: 'use "s3" or "dynamodb", or name it in interfaceEndpoints',
    },
  ]);
});

test("services whose gateway endpoint serves their name keep it to themselves", () => {
  expect(["s3", "dynamodb", "dynamodb-streams"].some(hasPrivateDns)).toBe(false);
  expect(["sts", "ecr.api", "s3-outposts"].every(hasPrivateDns)).toBe(true);
});
