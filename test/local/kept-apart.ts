import { zip } from "../../cli/artifact/lambda/zip";

/** A request of one of AWS's protocols. */
interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a call of another service, of what it takes to make something. */
export type Ask = (service: string, call: Call) => Promise<Answered>;

/** How something of a service is made and listed. */
export interface Kept {
  /** Name that the service signs with, and what is made where the service has several kinds. */
  readonly service: string;
  readonly what: string;

  /**
   * Where it is seen: in its Region alone, or in all Regions of its account.
   *
   * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
   */
  readonly scope: "Region" | "account";
  readonly make: (name: string, ask: Ask) => Call | Promise<Call>;
  readonly list: Call;

  /** How it is listed, from the answer to the call that has made it. @default - by its name */
  readonly seenAs?: RegExp;
}

/** A call of a JSON protocol. @param target - e.g. `AmazonSSM.PutParameter`. */
function json(target: string, input: object): Call {
  return {
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body: JSON.stringify(input),
  };
}

function query(action: string, version: string, input: Readonly<Record<string, string>> = {}): Call {
  return {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action: action, Version: version, ...input }).toString(),
  };
}

function rest(method: string, path: string, input?: object | string): Call {
  const body = typeof input === "object" ? JSON.stringify(input) : input;
  const type = typeof input === "object" ? "application/json" : "application/xml";
  return { method, path, headers: { "content-type": type }, ...(body === undefined ? {} : { body }) };
}

const ROLE = "arn:aws:iam::123456789012:role/any";
const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "eks.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const CODE = Buffer.from(zip({ "index.js": Buffer.from("exports.handler = async () => 1;") }).bytes).toString(
  "base64",
);
const RULE = { ScheduleExpression: "rate(1 day)", State: "DISABLED" };
const MACHINE = JSON.stringify({ StartAt: "End", States: { End: { Type: "Succeed" } } });
const ORIGIN = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/** One thing of each service that is emulated and keeps something, of each of the two emulators' and the gateway's own. */
export const KEPT: readonly Kept[] = [
  {
    service: "s3",
    what: "bucket",
    scope: "account",
    make: (name) => ({ method: "PUT", path: `/${name}` }),
    list: { method: "GET", path: "/" },
  },
  {
    service: "dynamodb",
    what: "table",
    scope: "Region",
    make: (name) =>
      json("DynamoDB_20120810.CreateTable", {
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      }),
    list: json("DynamoDB_20120810.ListTables", {}),
  },
  {
    service: "kinesis",
    what: "stream",
    scope: "Region",
    make: (name) => json("Kinesis_20131202.CreateStream", { StreamName: name, ShardCount: 1 }),
    list: json("Kinesis_20131202.ListStreams", {}),
  },
  {
    service: "kms",
    what: "key",
    scope: "Region",
    make: (name) => json("TrentService.CreateKey", { Description: name }),
    list: json("TrentService.ListKeys", {}),
    seenAs: /"KeyId": ?"([^"]+)"/,
  },
  {
    service: "lambda",
    what: "function",
    scope: "Region",
    make: (name) =>
      rest("POST", "/2015-03-31/functions", {
        FunctionName: name,
        Role: ROLE,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: { ZipFile: CODE },
      }),
    list: rest("GET", "/2015-03-31/functions/"),
  },
  {
    service: "apigateway",
    what: "HTTP API",
    scope: "Region",
    make: (name) => rest("POST", "/v2/apis", { name, protocolType: "HTTP" }),
    list: rest("GET", "/v2/apis"),
  },
  {
    service: "logs",
    what: "log group",
    scope: "Region",
    make: (name) => json("Logs_20140328.CreateLogGroup", { logGroupName: name }),
    list: json("Logs_20140328.DescribeLogGroups", {}),
  },
  {
    service: "logs",
    what: "saved query",
    scope: "Region",
    make: (name) => json("Logs_20140328.PutQueryDefinition", { name, queryString: "fields @message" }),
    list: json("Logs_20140328.DescribeQueryDefinitions", {}),
  },
  {
    service: "sqs",
    what: "queue",
    scope: "Region",
    make: (name) => json("AmazonSQS.CreateQueue", { QueueName: name }),
    list: json("AmazonSQS.ListQueues", {}),
  },
  {
    service: "sns",
    what: "topic",
    scope: "Region",
    make: (name) => query("CreateTopic", "2010-03-31", { Name: name }),
    list: query("ListTopics", "2010-03-31"),
  },
  {
    service: "events",
    what: "rule",
    scope: "Region",
    make: (name) => json("AWSEvents.PutRule", { Name: name, ...RULE }),
    list: json("AWSEvents.ListRules", {}),
  },
  {
    service: "scheduler",
    what: "schedule",
    scope: "Region",
    make: (name) =>
      rest("POST", `/schedules/${name}`, {
        ...RULE,
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: { Arn: "arn:aws:sqs:us-east-1:123456789012:any", RoleArn: ROLE },
      }),
    list: rest("GET", "/schedules"),
  },
  {
    service: "secretsmanager",
    what: "secret",
    scope: "Region",
    make: (name) =>
      json("secretsmanager.CreateSecret", {
        Name: name,
        SecretString: "x",
        ClientRequestToken: "0".repeat(36),
      }),
    list: json("secretsmanager.ListSecrets", {}),
  },
  {
    service: "ec2",
    what: "key pair",
    scope: "Region",
    make: (name) => query("CreateKeyPair", "2016-11-15", { KeyName: name }),
    list: query("DescribeKeyPairs", "2016-11-15"),
  },
  {
    service: "iam",
    what: "user",
    scope: "account",
    make: (name) => query("CreateUser", "2010-05-08", { UserName: name }),
    list: query("ListUsers", "2010-05-08"),
  },
  {
    service: "ecr",
    what: "repository",
    scope: "Region",
    make: (name) => json("AmazonEC2ContainerRegistry_V20150921.CreateRepository", { repositoryName: name }),
    list: json("AmazonEC2ContainerRegistry_V20150921.DescribeRepositories", {}),
  },
  {
    service: "ecr",
    what: "pull-through cache rule",
    scope: "Region",
    make: (name) =>
      json("AmazonEC2ContainerRegistry_V20150921.CreatePullThroughCacheRule", {
        ecrRepositoryPrefix: name,
        upstreamRegistryUrl: "registry.k8s.io",
      }),
    list: json("AmazonEC2ContainerRegistry_V20150921.DescribePullThroughCacheRules", {}),
  },
  {
    service: "ecs",
    what: "cluster",
    scope: "Region",
    make: (name) => json("AmazonEC2ContainerServiceV20141113.CreateCluster", { clusterName: name }),
    list: json("AmazonEC2ContainerServiceV20141113.ListClusters", {}),
  },
  {
    service: "eks",
    what: "cluster",
    scope: "Region",
    make: async (name, ask) => {
      const trust = { RoleName: "any", AssumeRolePolicyDocument: JSON.stringify(TRUST) };
      await ask("iam", query("CreateRole", "2010-05-08", trust));
      // Those of the default VPC, one in each zone.
      const { text } = await ask("ec2", query("DescribeSubnets", "2016-11-15"));
      const subnetIds = text.match(/subnet-[0-9a-f]+(?=<\/subnetId>)/g)?.slice(0, 2);
      return rest("POST", "/clusters", { name, roleArn: ROLE, resourcesVpcConfig: { subnetIds } });
    },
    list: rest("GET", "/clusters"),
  },
  {
    service: "ssm",
    what: "parameter",
    scope: "Region",
    make: (name) => json("AmazonSSM.PutParameter", { Name: name, Value: "x", Type: "String" }),
    list: json("AmazonSSM.DescribeParameters", {}),
  },
  {
    service: "monitoring",
    what: "alarm",
    scope: "Region",
    make: (name) =>
      query("PutMetricAlarm", "2010-08-01", {
        AlarmName: name,
        MetricName: "Errors",
        Namespace: "Any",
        Statistic: "Sum",
        Period: "60",
        EvaluationPeriods: "1",
        Threshold: "1",
        ComparisonOperator: "GreaterThanThreshold",
      }),
    list: query("DescribeAlarms", "2010-08-01"),
  },
  {
    service: "elasticloadbalancing",
    what: "target group",
    scope: "Region",
    make: (name) => query("CreateTargetGroup", "2015-12-01", { Name: name, TargetType: "lambda" }),
    list: query("DescribeTargetGroups", "2015-12-01"),
  },
  {
    service: "autoscaling",
    what: "launch configuration",
    scope: "Region",
    make: (name) =>
      query("CreateLaunchConfiguration", "2011-01-01", {
        LaunchConfigurationName: name,
        ImageId: "ami-12345678",
        InstanceType: "t3.micro",
      }),
    list: query("DescribeLaunchConfigurations", "2011-01-01"),
  },
  {
    service: "application-autoscaling",
    what: "target",
    scope: "Region",
    make: (name) =>
      json("AnyScaleFrontendService.RegisterScalableTarget", {
        ServiceNamespace: "dynamodb",
        ResourceId: `table/${name}`,
        ScalableDimension: "dynamodb:table:ReadCapacityUnits",
        MinCapacity: 1,
        MaxCapacity: 2,
      }),
    list: json("AnyScaleFrontendService.DescribeScalableTargets", { ServiceNamespace: "dynamodb" }),
  },
  {
    service: "rds",
    what: "parameter group",
    scope: "Region",
    make: (name) =>
      query("CreateDBParameterGroup", "2014-10-31", {
        DBParameterGroupName: name,
        DBParameterGroupFamily: "postgres16",
        Description: "any",
      }),
    list: query("DescribeDBParameterGroups", "2014-10-31"),
  },
  {
    service: "route53",
    what: "hosted zone",
    scope: "account",
    make: (name) =>
      rest(
        "POST",
        "/2013-04-01/hostedzone",
        `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>${name}.example.</Name><CallerReference>${name}</CallerReference></CreateHostedZoneRequest>`,
      ),
    list: rest("GET", "/2013-04-01/hostedzone"),
  },
  {
    service: "acm",
    what: "certificate",
    scope: "Region",
    make: (name) => json("CertificateManager.RequestCertificate", { DomainName: `${name}.example.com` }),
    list: json("CertificateManager.ListCertificates", {}),
  },
  {
    service: "cloudfront",
    what: "origin access control",
    scope: "account",
    make: (name) =>
      rest(
        "POST",
        "/2020-05-31/origin-access-control",
        `<OriginAccessControlConfig xmlns="${ORIGIN}"><Name>${name}</Name><OriginAccessControlOriginType>s3</OriginAccessControlOriginType><SigningBehavior>always</SigningBehavior><SigningProtocol>sigv4</SigningProtocol></OriginAccessControlConfig>`,
      ),
    list: rest("GET", "/2020-05-31/origin-access-control"),
  },
  {
    service: "cloudfront",
    what: "origin access identity",
    scope: "account",
    make: (name) =>
      rest(
        "POST",
        "/2020-05-31/origin-access-identity/cloudfront",
        `<CloudFrontOriginAccessIdentityConfig xmlns="${ORIGIN}"><CallerReference>${name}</CallerReference><Comment>${name}</Comment></CloudFrontOriginAccessIdentityConfig>`,
      ),
    list: rest("GET", "/2020-05-31/origin-access-identity/cloudfront"),
  },
  {
    service: "states",
    what: "state machine",
    scope: "Region",
    make: (name) => json("AWSStepFunctions.CreateStateMachine", { name, definition: MACHINE, roleArn: ROLE }),
    list: json("AWSStepFunctions.ListStateMachines", {}),
  },
  {
    service: "elasticache",
    what: "user",
    scope: "Region",
    make: (name) =>
      query("CreateUser", "2015-02-02", {
        UserId: name,
        UserName: name,
        Engine: "redis",
        AccessString: "on ~* +@all",
        NoPasswordRequired: "true",
      }),
    list: query("DescribeUsers", "2015-02-02"),
  },
  {
    service: "elasticfilesystem",
    what: "file system",
    scope: "Region",
    make: (name) => rest("POST", "/2015-02-01/file-systems", { CreationToken: name }),
    list: rest("GET", "/2015-02-01/file-systems"),
  },
  {
    service: "ecr-public",
    what: "repository",
    scope: "account",
    make: (name) => json("SpencerFrontendService.CreateRepository", { repositoryName: name }),
    list: json("SpencerFrontendService.DescribeRepositories", {}),
  },
];

/** What a service has answered. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Sends a call as an account, to a Region. */
export async function sendAs(
  endpoint: string,
  { account, region }: { readonly account: string; readonly region: string },
  service: string,
  { method = "POST", path = "/", headers = {}, body }: Call,
): Promise<Answered> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch(`${endpoint}${path}`, {
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}
