import { moneyWords } from "../../../cli/cost/money";
import type { Json } from "../../../cli/input/json";
import { created, priced, priceOfOne } from "./made";

/**
 * Monthly prices in us-east-1 that others have published, with the day on which they say so: AWS's own pages where a page has
 * a price for an hour (times 730), and the golden tests of Infracost, which ask AWS's price list.
 */
const PUBLISHED: readonly (readonly [
  what: string,
  type: string,
  values: Readonly<Record<string, Json>>,
  monthly: string,
])[] = [
  // https://aws.amazon.com/vpc/pricing/, 2026-09-10: $0.045 and $0.005 an hour.
  ["a NAT gateway", "aws_nat_gateway", {}, "$32.85"],
  ["a public IPv4 address", "aws_eip", {}, "$3.65"],
  // https://aws.amazon.com/eks/pricing/, 2026-09-22: $0.10, in extended support $0.60 an hour.
  ["a cluster", "aws_eks_cluster", { version: "1.36" }, "$73.00"],
  ["a cluster in extended support", "aws_eks_cluster", { version: "1.29" }, "$438.00"],
  // https://aws.amazon.com/elasticloadbalancing/pricing/, 2026-09-11: $0.0225 an hour.
  ["an application load balancer", "aws_lb", { internal: true }, "$16.43"],
  ["a network load balancer", "aws_lb", { internal: true, load_balancer_type: "network" }, "$16.43"],
  // https://aws.amazon.com/secrets-manager/pricing/, 2026-09-11.
  ["a secret", "aws_secretsmanager_secret", {}, "$0.40"],
  // https://aws.amazon.com/route53/pricing/, 2026-09-23.
  ["a hosted zone", "aws_route53_zone", {}, "$0.50"],
  // Infracost, vpc_endpoint_test.golden, 2024-10-18.
  ["an endpoint", "aws_vpc_endpoint", { vpc_endpoint_type: "Interface", subnet_ids: ["a"] }, "$7.30"],
  [
    "an endpoint in two zones",
    "aws_vpc_endpoint",
    { vpc_endpoint_type: "Interface", subnet_ids: ["a", "b"] },
    "$14.60",
  ],
  // Infracost, kms_key_test.golden, cloudwatch_*_test.golden, ebs_volume_test.golden, 2024-07-01.
  ["a key", "aws_kms_key", {}, "$1.00"],
  ["a dashboard", "aws_cloudwatch_dashboard", {}, "$3.00"],
  ["an alarm", "aws_cloudwatch_metric_alarm", { period: 120 }, "$0.10"],
  ["an alarm of high resolution", "aws_cloudwatch_metric_alarm", { period: 30 }, "$0.30"],
  ["a volume gp2", "aws_ebs_volume", { size: 10 }, "$1.00"],
  [
    "a volume gp3 with more of everything",
    "aws_ebs_volume",
    { type: "gp3", size: 40, iops: 4000, throughput: 130 },
    "$8.40",
  ],
  ["a volume io1", "aws_ebs_volume", { type: "io1", size: 30, iops: 300 }, "$23.25"],
  ["a volume st1", "aws_ebs_volume", { type: "st1", size: 40 }, "$1.80"],
  // Infracost, dynamodb_table_test.golden, 2024-11-15.
  [
    "a table with capacity",
    "aws_dynamodb_table",
    { billing_mode: "PROVISIONED", write_capacity: 20, read_capacity: 30 },
    "$12.34",
  ],
  // Infracost, db_instance_test.golden, 2026-05-03.
  [
    "a database of MySQL",
    "aws_db_instance",
    {
      engine: "mysql",
      instance_class: "db.t3.large",
      allocated_storage: 100,
      storage_type: "io1",
      iops: 1200,
    },
    "$231.78",
  ],
  [
    "a database in two zones",
    "aws_db_instance",
    { engine: "mysql", instance_class: "db.t3.large", allocated_storage: 30, multi_az: true },
    "$205.46",
  ],
  [
    "a database of PostgreSQL",
    "aws_db_instance",
    { engine: "postgres", instance_class: "db.t3.large", allocated_storage: 20 },
    "$108.15",
  ],
  // AWS's price list for us-east-1, offer AmazonRDS of 2026-09-11: $0.016 an hour, and $0.115 for a GB.
  [
    "the smallest database",
    "aws_db_instance",
    { engine: "postgres", instance_class: "db.t4g.micro", allocated_storage: 20, storage_type: "gp3" },
    "$13.98",
  ],
  // Infracost, eks_node_group_test.golden, 2024: three m5.xlarge at $420.48, and volumes of 60 GB at $6.00.
  [
    "nodes",
    "aws_eks_node_group",
    { instance_types: ["m5.xlarge"], scaling_config: [{ desired_size: 3 }] },
    "$425.28 to $426.48",
  ],
];

test.each(PUBLISHED)("%s costs what is published", (_, type, values, monthly) => {
  const { after } = priceOfOne(type, values);
  expect(after && moneyWords(after)).toBe(monthly);
});

/** Infracost, ecs_service_test.golden, 2026-05-03, and AWS's offer AmazonECS of 2026-09-11. */
test.each([
  ["1024", "2048", "X86_64", 1, "$36.04"],
  ["1024", "2048", "X86_64", 4, "$144.16"],
  // https://aws.amazon.com/fargate/pricing/: $0.04048 and $0.004445 an hour; fortem.dev, 2026: $9.01.
  ["256", "512", "X86_64", 1, "$9.01"],
  // $0.03238 and $0.00356 an hour.
  ["256", "512", "ARM64", 1, "$7.21"],
])(
  "tasks of %s CPU units and %s MiB (%s), %d of them",
  (cpu, memory, cpu_architecture, desired_count, monthly) => {
    const definition = { family: "api", cpu, memory, runtime_platform: [{ cpu_architecture }] };
    const service = { launch_type: "FARGATE", desired_count, task_definition: "api" };
    const price = priced([
      created("aws_ecs_task_definition.api", definition),
      created("aws_ecs_service.api", service),
    ]);
    expect(moneyWords(price.after)).toBe(monthly);
  },
);

test("a preview with a network of its own costs about 69 dollars, as its seed has measured", () => {
  const price = priced([
    created("aws_nat_gateway.one", {}),
    created("aws_eip.one", {}),
    created("aws_lb.one", { subnets: ["a", "b"] }),
    created("aws_ecs_task_definition.api", { family: "api", cpu: "256", memory: "512" }),
    created("aws_ecs_service.api", { launch_type: "FARGATE", desired_count: 1, task_definition: "api" }),
  ]);
  expect(moneyWords(price.after)).toBe("$69.24");
});
