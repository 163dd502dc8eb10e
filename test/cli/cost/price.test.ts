import * as fc from "fast-check";
import { moneyWords } from "../../../cli/cost/money";
import { priceOf } from "../../../cli/cost/price";
import type { ResourceChangeJson } from "../../../cli/plan/plan-json";
import { changed, created, DAY, planWith, priced, priceOfOne } from "./made";

const NAT = created("aws_nat_gateway.one", {});
const volume = (size: number) => ({ size, type: "gp3" });

describe("what becomes of a resource", () => {
  const size = (before: number | null, after: number | null, actions: readonly string[]) =>
    priced([
      changed("aws_ebs_volume.data", actions, {
        before: before === null ? null : volume(before),
        after: after === null ? null : volume(after),
      }),
    ]).resources[0];

  test("created, it costs nothing before", () => {
    expect(size(null, 100, ["create"])).toMatchObject({
      action: "create",
      before: { low: 0, high: 0 },
      after: { low: 8, high: 8 },
      change: { low: 8, high: 8 },
    });
  });

  test("deleted, it costs nothing after", () => {
    expect(size(100, null, ["delete"])).toMatchObject({ action: "delete", change: { low: -8, high: -8 } });
  });

  test.each([[["update"]], [["delete", "create"]], [["create", "delete"]]])("changed by %p", (actions) => {
    const change = size(100, 150, actions)?.change;
    expect(change?.low).toBeCloseTo(4, 9);
    expect(change?.high).toBeCloseTo(4, 9);
  });

  test("what is only forgotten is billed on", () => {
    expect(size(100, null, ["forget"])).toMatchObject({
      after: { low: 8, high: 8 },
      change: { low: 0, high: 0 },
    });
    expect(size(100, 50, ["create", "forget"])).toMatchObject({
      after: { low: 12, high: 12 },
      change: { low: 4, high: 4 },
    });
  });

  test("what does not change is in the sums, and in no difference", () => {
    const price = priced([
      changed("aws_ebs_volume.data", ["no-op"], { before: volume(100), after: volume(100) }),
    ]);
    expect(price.before).toEqual(price.after);
    expect(price.after).toEqual({ low: 8, high: 8 });
    expect(price.change).toEqual({ low: 0, high: 0 });
  });

  test("a range that an update does not touch is no difference", () => {
    const lb = { load_balancer_type: "application", internal: false };
    const price = priced([
      changed("aws_lb.web", ["update"], {
        before: { ...lb, subnets: ["a", "b"], tags: {} },
        after: { ...lb, tags: { a: "b" } },
        after_unknown: { subnets: true },
      }),
    ]);
    // Of the addresses nobody knows how many there will be.
    expect(moneyWords(price.change, { sign: true })).toBe("$0.00 to +$14.60");
    const same = priced([
      changed("aws_eks_node_group.one", ["update"], {
        before: {
          instance_types: ["m5.large"],
          capacity_type: "SPOT",
          scaling_config: [{ desired_size: 2 }],
        },
        after: { instance_types: ["m5.large"], capacity_type: "SPOT", scaling_config: [{ desired_size: 2 }] },
      }),
    ]);
    expect(same.after.high).toBeGreaterThan(same.after.low);
    expect(same.change).toEqual({ low: 0, high: 0 });
  });

  test("data sources cost nothing", () => {
    const data = { ...NAT, mode: "data" };
    expect(priced([data]).resources).toEqual([]);
  });
});

describe("what nobody knows", () => {
  test("a type without a price is counted, and in no sum", () => {
    const price = priced([
      NAT,
      created("aws_quantum_computer.one", {}),
      created("aws_quantum_computer.two", {}),
    ]);
    expect(price.counts).toEqual({ priced: 1, free: 0, usage: 0, unknown: 2 });
    expect(price.unknown).toEqual({ aws_quantum_computer: 2 });
    expect(moneyWords(price.after)).toBe("$32.85");
  });

  test("an instance type without a price is not guessed", () => {
    expect(priceOfOne("aws_instance", { instance_type: "x99.huge" })).toMatchObject({
      status: "unknown",
      why: "no price of ec2/linux/x99.huge/hour in us-east-1",
    });
  });

  test("a Region without a price is not another one's", () => {
    const [one] = priceOf({ ...planWith([NAT]), region: "eu-south-2" }).resources;
    expect(one).toMatchObject({ status: "unknown", why: "no price of nat-gateway/hour in eu-south-2" });
  });

  test("without a Region only what costs the same everywhere has a price", () => {
    const { region, ...plan } = planWith([NAT, created("aws_route53_zone.one", {})]);
    expect(region).toBe("us-east-1");
    const price = priceOf(plan);
    expect(price.counts).toMatchObject({ priced: 1, unknown: 1 });
    expect(price.after).toEqual({ low: 0.5, high: 0.5 });
    expect(priceOf(plan, { region: "us-east-1" }).counts).toMatchObject({ priced: 2, unknown: 0 });
  });

  test("an unknown side makes no difference up", () => {
    const price = priced([
      changed("aws_instance.web", ["update"], {
        before: { instance_type: "m5.large", root_block_device: [{ volume_size: 20, volume_type: "gp3" }] },
        after: {},
        after_unknown: { instance_type: true },
      }),
    ]);
    expect(price.resources[0]).toMatchObject({
      status: "unknown",
      why: "instance_type is known only after the apply",
    });
    expect([price.before, price.after, price.change]).toEqual(Array(3).fill({ low: 0, high: 0 }));
  });

  test("a masked value is neither reckoned with nor shown", () => {
    const price = priced([
      changed("aws_instance.web", ["create"], {
        before: null,
        after: { instance_type: "m5.large" },
        after_sensitive: { instance_type: true },
      }),
    ]);
    expect(price.resources[0]).toMatchObject({ status: "unknown", why: "instance_type is masked" });
    expect(JSON.stringify(price)).not.toContain("m5.large");
  });

  test("of what is wholly masked nothing is known", () => {
    const price = priced([
      changed("aws_instance.web", ["create"], {
        after: { instance_type: "m5.large" },
        after_sensitive: true,
      }),
    ]);
    expect(price.resources[0]).toMatchObject({ status: "unknown" });
  });
});

describe("Regions", () => {
  test("a resource's own stands above the provider's", () => {
    const nat = created("aws_nat_gateway.one", { region: "eu-south-2" });
    expect(priced([nat]).counts.unknown).toBe(1);
    const deleted = changed("aws_lb.old", ["delete"], {
      before: { arn: "arn:aws:elasticloadbalancing:ca-central-1:1:loadbalancer/app/old/1", internal: true },
      after: null,
    });
    expect(moneyWords(priced([deleted]).before)).toBe("$18.07");
  });

  test("a plan as Terraform prints it says the provider's", () => {
    const raw = {
      ...planWith([NAT, created("aws_nat_gateway.other", {})]),
      region: undefined,
      variables: { region: { value: "us-east-1" } },
      configuration: {
        provider_config: {
          aws: { name: "aws", expressions: { region: { references: ["var.region"] } } },
          "aws.far": { name: "aws", expressions: { region: { constant_value: "eu-south-2" } } },
        },
        root_module: {
          resources: [
            { mode: "managed", type: "aws_nat_gateway", name: "one", provider_config_key: "aws" },
            { mode: "managed", type: "aws_nat_gateway", name: "other", provider_config_key: "aws.far" },
          ],
        },
      },
    };
    const { region, ...rest } = raw;
    expect(region).toBeUndefined();
    const price = priceOf(rest);
    expect(price.resources.map(({ address, status }) => [address, status])).toEqual([
      ["aws_nat_gateway.one", "priced"],
      ["aws_nat_gateway.other", "unknown"],
    ]);
  });
});

test("says of when its oldest price is", () => {
  expect(priced([NAT]).pricesOf).toBe("2026-09-10");
  expect(priced([NAT, created("aws_kms_key.one", {})]).pricesOf).toBe("2024-07-01");
});

test("the dearest change comes first, whichever its sign is", () => {
  const price = priced([
    created("aws_kms_key.small", {}),
    changed("aws_nat_gateway.gone", ["delete"], { before: {}, after: null }),
    created("aws_eks_cluster.large", { version: "1.36" }),
  ]);
  expect(price.resources.map(({ address }) => address)).toEqual([
    "aws_eks_cluster.large",
    "aws_nat_gateway.gone",
    "aws_kms_key.small",
  ]);
});

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(
      null,
      true,
      false,
      "",
      "1",
      "-1",
      "NaN",
      "1e400",
      "gp3",
      "m5.large",
      "SPOT",
      "(sensitive value)",
    ),
    fc.double(),
    fc.integer({ min: -1000, max: 100_000 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(...["size", "type", "ebs", "__proto__", "volume_size", "cpu"]),
      tie("value"),
    ),
  ),
})).value;

const NAMES = [
  "instance_type",
  "instance_types",
  "scaling_config",
  "size",
  "type",
  "iops",
  "throughput",
  "desired_count",
  "launch_type",
  "task_definition",
  "cpu",
  "memory",
  "engine",
  "instance_class",
  "allocated_storage",
  "multi_az",
  "storage_type",
  "subnets",
  "subnet_mapping",
  "internal",
  "load_balancer_type",
  "vpc_endpoint_type",
  "subnet_ids",
  "metric_query",
  "period",
  "read_capacity",
  "write_capacity",
  "root_block_device",
  "launch_template",
  "mixed_instances_policy",
  "version",
  "upgrade_policy",
  "replica",
  "region",
  "arn",
];
const TYPES = [
  "aws_instance",
  "aws_ebs_volume",
  "aws_ecs_service",
  "aws_ecs_task_definition",
  "aws_db_instance",
  "aws_lb",
  "aws_vpc_endpoint",
  "aws_cloudwatch_metric_alarm",
  "aws_dynamodb_table",
  "aws_autoscaling_group",
  "aws_eks_node_group",
  "aws_eks_cluster",
  "aws_secretsmanager_secret",
  "aws_nat_gateway",
  "aws_scheduler_schedule",
  "constructor",
];
const side = fc.oneof(fc.constant(null), fc.dictionary(fc.constantFrom(...NAMES), json), json);
const resource = fc
  .record({
    type: fc.constantFrom(...TYPES),
    name: fc.stringMatching(/^[a-z]{1,3}$/),
    actions: fc.constantFrom(
      ["create"],
      ["delete"],
      ["update"],
      ["no-op"],
      ["forget"],
      ["delete", "create"],
      ["new"],
    ),
    before: side,
    after: side,
    after_unknown: json,
    after_sensitive: json,
  })
  .map(
    ({ type, name, actions, ...change }) =>
      ({
        address: `${type}.${name}`,
        mode: "managed",
        type,
        change: { actions, ...change },
      }) as ResourceChangeJson,
  );

describe("of any plan", () => {
  test("no sum before or after is negative, or no number, and low is not above high", () => {
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 12 }), (resources) => {
        const price = priceOf(planWith(resources), { day: DAY });
        for (const one of [price, ...price.resources]) {
          for (const amount of [one.before, one.after]) {
            if (!amount) continue;
            expect(amount.low).toBeGreaterThanOrEqual(0);
            expect(amount.high).toBeGreaterThanOrEqual(amount.low);
            expect(Number.isFinite(amount.high)).toBe(true);
          }
          if (one.change) expect(one.change.high).toBeGreaterThanOrEqual(one.change.low);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("the sum is that of its parts, in any order", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(resource, { maxLength: 12, selector: ({ address }) => address }),
        fc.func(fc.double({ noNaN: true })),
        (resources, orderOf) => {
          const price = priceOf(planWith(resources), { day: DAY });
          const other = priceOf(
            planWith([...resources].sort((a, b) => orderOf(a.address) - orderOf(b.address))),
            { day: DAY },
          );
          expect(other).toEqual(price);
          const sum = price.resources.reduce((all, { after }) => all + (after?.high ?? 0), 0);
          expect(Math.abs(sum - price.after.high)).toBeLessThanOrEqual(1e-9 * Math.max(1, sum));
          for (const { parts, before, after, action } of price.resources) {
            if (!after || action !== "create" || before?.high !== 0) continue;
            const own = parts.reduce((all, { monthly }) => all + monthly.low, 0);
            expect(Math.abs(own - after.low)).toBeLessThanOrEqual(1e-9 * Math.max(1, own));
          }
          const { priced: some, free, usage, unknown } = price.counts;
          expect(some + free + usage + unknown).toBe(resources.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});
