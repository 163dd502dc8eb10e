/** What AWS's price list says of a product beside its prices, e.g. `usagetype`. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** Products that are asked for in one go, and which of them has which key in a table of prices. */
export interface Rule {
  /** AWS's code of the service. */
  readonly service: string;

  /** What the products have; without the Region. */
  readonly filters: Readonly<Record<string, string>>;

  /** Key of a product; none for one that is not wanted. */
  readonly keyOf: (attributes: Attributes) => string | undefined;

  /** Units of the price list in one of the table. @default 1 */
  readonly factor?: number;

  /** Key of the table's `sources`. */
  readonly source: string;

  /** Attribute of the products that names the Region. @default "regionCode" */
  readonly regionField?: string;

  /** Whether it has one price for all Regions. @default false */
  readonly global?: boolean;
}

/** What a Region puts before a type of use: `EUC1-`, `EU-`, `us-east-1-`; nothing in the oldest one. */
const PREFIX = /^(?:[A-Z]{2,4}\d?-|[a-z]{2}-[a-z]+-\d-)/;

/** Keys by types of use, which the price list writes with the Region before them. */
function byUse(keys: Readonly<Record<string, string>>): Rule["keyOf"] {
  return ({ usagetype = "" }) => {
    const own = Object.hasOwn(keys, usagetype) ? usagetype : usagetype.replace(PREFIX, "");
    return Object.hasOwn(keys, own) ? keys[own] : undefined;
  };
}

const rule = (
  service: string,
  source: string,
  keys: Readonly<Record<string, string>>,
  more: Partial<Rule> = {},
): Rule => ({ service, source, filters: {}, keyOf: byUse(keys), ...more });

const MILLION = { factor: 1e6 };

/** An engine of a database, as Terraform and as the price list name it. */
const ENGINES = { postgres: "PostgreSQL", mysql: "MySQL", mariadb: "MariaDB" };
const ZONES = { single: "Single-AZ", multi: "Multi-AZ" };

const databases: readonly Rule[] = Object.entries(ENGINES).flatMap(([engine, databaseEngine]) =>
  Object.entries(ZONES).map(
    ([zones, deploymentOption]): Rule => ({
      service: "AmazonRDS",
      source: "rds",
      filters: { productFamily: "Database Instance", databaseEngine, deploymentOption },
      keyOf: ({ usagetype = "", instanceType = "" }) =>
        /^(?:InstanceUsage|Multi-AZUsage):/.test(usagetype.replace(PREFIX, "")) &&
        /^db\.[\w.-]+$/.test(instanceType)
          ? `rds/${engine}/${zones}/${instanceType}/hour`
          : undefined,
    }),
  ),
);

const instances: Rule = {
  service: "AmazonEC2",
  source: "ec2",
  filters: {
    operatingSystem: "Linux",
    tenancy: "Shared",
    preInstalledSw: "NA",
    capacitystatus: "Used",
    licenseModel: "No License required",
  },
  keyOf: ({ usagetype = "", instanceType = "" }) =>
    /^BoxUsage(?::|$)/.test(usagetype.replace(PREFIX, "")) && /^[a-z0-9-]+\.[a-z0-9-]+$/.test(instanceType)
      ? `ec2/linux/${instanceType}/hour`
      : undefined,
};

const balancers: readonly Rule[] = Object.entries({ application: "Application", network: "Network" }).flatMap(
  ([kind, name]) =>
    rule(
      "AWSELB",
      "elastic-load-balancing",
      { LoadBalancerUsage: `elb/${kind}/hour`, LCUUsage: `elb/${kind}/lcu-hour` },
      { filters: { productFamily: `Load Balancer-${name}` } },
    ),
);

/** What goes from a Region to another is paid where it leaves. */
const transfers: Rule = {
  service: "AWSDataTransfer",
  source: "data-transfer",
  regionField: "fromRegionCode",
  filters: { transferType: "InterRegion Outbound" },
  keyOf: ({ usagetype = "", toRegionCode = "" }) =>
    /-AWS-Out-Bytes$/.test(usagetype) && /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(toRegionCode)
      ? `transfer/${toRegionCode}/gb`
      : undefined,
};

/** What is asked of AWS's price list for each Region. */
export const RULES: readonly Rule[] = [
  rule(
    "AmazonApiGateway",
    "api-gateway",
    { ApiGatewayHttpRequest: "api-gateway/http/million-requests" },
    MILLION,
  ),
  rule("AmazonCloudWatch", "cloudwatch", {
    "CW:AlarmMonitorUsage": "cloudwatch/alarm-month",
    "CW:HighResAlarmMonitorUsage": "cloudwatch/alarm-high-resolution-month",
    "DataProcessing-Bytes": "cloudwatch/logs-ingested-gb",
    "TimedStorage-ByteHrs": "cloudwatch/logs-stored-gb-month",
  }),
  rule(
    "AmazonCloudWatch",
    "cloudwatch",
    { DashboardsUsageHour: "cloudwatch/dashboard-month" },
    { filters: { productFamily: "Dashboard" } },
  ),
  rule("AmazonDynamoDB", "dynamodb", {
    "WriteCapacityUnit-Hrs": "dynamodb/write-capacity-hour",
    "ReadCapacityUnit-Hrs": "dynamodb/read-capacity-hour",
    "TimedStorage-ByteHrs": "dynamodb/stored-gb-month",
    "TimedPITRStorage-ByteHrs": "dynamodb/recovery-gb-month",
  }),
  rule(
    "AmazonDynamoDB",
    "dynamodb",
    { WriteRequestUnits: "dynamodb/million-writes", ReadRequestUnits: "dynamodb/million-reads" },
    MILLION,
  ),
  rule(
    "AmazonEC2",
    "ebs",
    {
      "EBS:VolumeUsage.gp2": "ebs/gp2/gb-month",
      "EBS:VolumeUsage.gp3": "ebs/gp3/gb-month",
      "EBS:VolumeUsage.piops": "ebs/io1/gb-month",
      "EBS:VolumeUsage.io2": "ebs/io2/gb-month",
      "EBS:VolumeUsage.st1": "ebs/st1/gb-month",
      "EBS:VolumeUsage.sc1": "ebs/sc1/gb-month",
      "EBS:VolumeUsage": "ebs/standard/gb-month",
    },
    { filters: { productFamily: "Storage" } },
  ),
  rule(
    "AmazonEC2",
    "ebs",
    { "EBS:SnapshotUsage": "ebs/snapshot/gb-month" },
    { filters: { productFamily: "Storage Snapshot" } },
  ),
  rule(
    "AmazonEC2",
    "ebs",
    { "EBS:VolumeP-IOPS.gp3": "ebs/gp3/iops-month", "EBS:VolumeP-IOPS.piops": "ebs/io1/iops-month" },
    { filters: { productFamily: "System Operation" } },
  ),
  // The list has the price of a GiB a second.
  rule(
    "AmazonEC2",
    "ebs",
    { "EBS:VolumeP-Throughput.gp3": "ebs/gp3/mibps-month" },
    { filters: { productFamily: "Provisioned Throughput" }, factor: 1 / 1024 },
  ),
  rule(
    "AmazonEC2",
    "vpc",
    { "NatGateway-Hours": "nat-gateway/hour", "NatGateway-Bytes": "nat-gateway/gb" },
    { filters: { productFamily: "NAT Gateway" } },
  ),
  instances,
  rule("AmazonECR", "ecr", { "TimedStorage-ByteHrs": "ecr/stored-gb-month" }),
  rule("AmazonECS", "fargate", {
    "Fargate-vCPU-Hours:perCPU": "fargate/x86/vcpu-hour",
    "Fargate-GB-Hours": "fargate/x86/gb-hour",
    "Fargate-ARM-vCPU-Hours:perCPU": "fargate/arm/vcpu-hour",
    "Fargate-ARM-GB-Hours": "fargate/arm/gb-hour",
    "Fargate-EphemeralStorage-GB-Hours": "fargate/storage-gb-hour",
  }),
  rule("AmazonEKS", "eks", {
    "AmazonEKS-Hours:perCluster": "eks/cluster-hour",
    "AmazonEKS-Hours:extendedSupport": "eks/extended-support-cluster-hour",
  }),
  ...balancers,
  transfers,
  rule("awskms", "kms", { "KMS-Keys": "kms/key-month" }),
  rule("awskms", "kms", { "KMS-Requests": "kms/ten-thousand-requests" }, { factor: 1e4 }),
  rule(
    "AWSLambda",
    "lambda",
    { Request: "lambda/million-requests" },
    { ...MILLION, filters: { group: "AWS-Lambda-Requests" } },
  ),
  rule("AWSLambda", "lambda", {
    "Lambda-GB-Second": "lambda/x86/gb-second",
    "Lambda-GB-Second-ARM": "lambda/arm/gb-second",
    "Lambda-Provisioned-Concurrency": "lambda/x86/warm-gb-second",
    "Lambda-Provisioned-Concurrency-ARM": "lambda/arm/warm-gb-second",
  }),
  ...databases,
  rule(
    "AmazonRDS",
    "rds",
    {
      "RDS:GP2-Storage": "rds/storage/single/gp2/gb-month",
      "RDS:GP3-Storage": "rds/storage/single/gp3/gb-month",
      "RDS:PIOPS-Storage": "rds/storage/single/io1/gb-month",
      "RDS:Multi-AZ-GP2-Storage": "rds/storage/multi/gp2/gb-month",
      "RDS:Multi-AZ-GP3-Storage": "rds/storage/multi/gp3/gb-month",
      "RDS:Multi-AZ-PIOPS-Storage": "rds/storage/multi/io1/gb-month",
    },
    { filters: { productFamily: "Database Storage", databaseEngine: "PostgreSQL" } },
  ),
  rule(
    "AmazonRDS",
    "rds",
    { "RDS:ChargedBackupUsage": "rds/backup-gb-month" },
    { filters: { productFamily: "Storage Snapshot", databaseEngine: "PostgreSQL" } },
  ),
  rule(
    "AmazonRoute53",
    "route53",
    { HostedZone: "route53/zone-month" },
    { global: true, filters: { productFamily: "DNS Zone" } },
  ),
  rule(
    "AmazonRoute53",
    "route53",
    { "DNS-Queries": "route53/million-queries" },
    { ...MILLION, global: true, filters: { routingType: "Standard" } },
  ),
  rule(
    "AmazonS3",
    "s3",
    { "TimedStorage-ByteHrs": "s3/stored-gb-month" },
    { filters: { volumeType: "Standard" } },
  ),
  rule(
    "AmazonS3",
    "s3",
    { "Requests-Tier1": "s3/thousand-writes", "Requests-Tier2": "s3/thousand-reads" },
    { factor: 1e3 },
  ),
  rule("AWSSecretsManager", "secrets-manager", {
    "AWSSecretsManager-Secrets": "secrets-manager/secret-month",
  }),
  rule(
    "AWSSecretsManager",
    "secrets-manager",
    { AWSSecretsManagerAPIRequest: "secrets-manager/ten-thousand-requests" },
    { factor: 1e4 },
  ),
  rule("AmazonSNS", "sns", { "Requests-Tier1": "sns/million-requests" }, MILLION),
  rule(
    "AWSQueueService",
    "sqs",
    { "Requests-RBP": "sqs/standard/million-requests", "Requests-FIFO-RBP": "sqs/fifo/million-requests" },
    MILLION,
  ),
  rule("AmazonVPC", "vpc", { "PublicIPv4:InUseAddress": "public-ipv4/hour" }),
  rule("AmazonVPC", "privatelink", {
    "VpcEndpoint-Hours": "vpc-endpoint/interface-hour",
    "VpcEndpoint-Bytes": "vpc-endpoint/gb",
  }),
];
