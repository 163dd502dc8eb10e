import { type ConfigurationJson, priceOfConfiguration } from "../../../cli/cost/configuration";
import { moneyWords } from "../../../cli/cost/money";
import { DAY } from "./made";

const provider = { aws: [{ region: "us-east-1" }] };
const price = (resource: ConfigurationJson["resource"], more: ConfigurationJson = {}) =>
  priceOfConfiguration({ provider, ...(resource ? { resource } : {}), ...more }, { day: DAY });
const monthly = (resource: ConfigurationJson["resource"]) => moneyWords(price(resource).after);

describe("a stack as CDKTF synthesizes it", () => {
  test("is priced as if all of it were new", () => {
    const { before, after, change, counts } = price({
      aws_nat_gateway: { one: { subnet_id: "${aws_subnet.a.id}" } },
      aws_vpc: { one: { cidr_block: "10.0.0.0/16" } },
    });
    expect(moneyWords(before)).toBe("$0.00");
    expect(after).toEqual(change);
    expect(moneyWords(after)).toBe("$32.85");
    expect(counts).toEqual({ priced: 1, free: 1, usage: 0, unknown: 0 });
  });

  test("a service finds its task definition, and an endpoint its subnets", () => {
    const subnets = { a: {}, b: {}, c: {} };
    expect(
      monthly({
        aws_ecs_task_definition: {
          api: { cpu: "256", memory: "512" },
          other: { cpu: "4096", memory: "8192" },
        },
        aws_ecs_service: {
          api: {
            launch_type: "FARGATE",
            desired_count: 1,
            task_definition: "${aws_ecs_task_definition.api.arn}",
          },
        },
        aws_subnet: subnets,
        aws_vpc_endpoint: {
          one: {
            vpc_endpoint_type: "Interface",
            subnet_ids: ["${aws_subnet.a.id}", "${aws_subnet.c.id}"],
          },
        },
      }),
    ).toBe("$23.61");
  });

  test("instances of a function that are kept warm cost its memory, by its processor", () => {
    const kept = (settings: object) =>
      monthly({
        aws_lambda_function: { api: { memory_size: 1024, ...settings } },
        aws_lambda_provisioned_concurrency_config: {
          api: {
            function_name: "${aws_lambda_function.api.function_name}",
            provisioned_concurrent_executions: 2,
          },
        },
      });
    expect([kept({}), kept({ architectures: ["arm64"] })]).toEqual(["$21.90", "$17.52"]);
  });

  test("autoscaling makes a range of a service", () => {
    const stack = {
      aws_ecs_task_definition: { api: { cpu: "256", memory: "512" } },
      aws_ecs_service: {
        api: {
          launch_type: "FARGATE",
          desired_count: 1,
          task_definition: "${aws_ecs_task_definition.api.arn}",
        },
      },
      aws_appautoscaling_target: {
        api: {
          min_capacity: 1,
          max_capacity: 4,
          resource_id: "service/${aws_ecs_cluster.one.name}/${aws_ecs_service.api.name}",
        },
      },
    };
    expect(monthly(stack)).toBe("$9.01 to $36.04");
  });

  test("a block may stand alone, or in a list", () => {
    const group = (scaling: object) => ({
      aws_launch_template: {
        one: {
          block_device_mappings: [{ ebs: { volume_size: 50, volume_type: "gp3" } }],
        },
      },
      aws_eks_node_group: {
        one: {
          instance_types: ["t3.medium"],
          launch_template: { id: "${aws_launch_template.one.id}" },
          scaling_config: scaling,
        },
      },
    });
    expect(monthly(group({ desired_size: 2 }))).toBe("$68.74");
    expect(monthly(group([{ desired_size: 2 }]))).toBe("$68.74");
  });

  test("what Terraform computes is not known", () => {
    const { resources } = price({ aws_ebs_volume: { one: { size: "${var.size}", type: "gp3" } } });
    expect(resources[0]).toMatchObject({ status: "unknown", why: "size is known only after the apply" });
  });

  test("count and for_each are as many, and one that only Terraform knows is unknown", () => {
    expect(monthly({ aws_eip: { one: { count: 3 } } })).toBe("$10.95");
    expect(monthly({ aws_eip: { one: { for_each: { a: 1, b: 2 } } } })).toBe("$7.30");
    expect(monthly({ aws_eip: { one: { for_each: ["a"] } } })).toBe("$3.65");
    expect(price({ aws_eip: { one: { for_each: "${var.all}" } } }).counts.unknown).toBe(1);
    expect(price({ aws_eip: { one: { count: "${var.all}" } } }).counts.unknown).toBe(1);
    expect(price({ aws_eip: { one: { count: 1e12 } } }).counts.unknown).toBe(1);
    // Of what is billed by use alone, and of what is free, the number does not matter.
    expect(price({ aws_sqs_queue: { one: { count: "${var.all}" } } }).counts.usage).toBe(1);
    expect(price({ aws_scheduler_schedule: { one: { for_each: "${var.all}" } } }).counts.usage).toBe(1);
    expect(price({ aws_vpc: { one: { count: "${var.all}" } } }).counts.free).toBe(1);
  });

  test("the Region is the provider's without an alias, else the option's", () => {
    const nat = { aws_nat_gateway: { one: {} } };
    const aliased = { aws: [{ alias: "far", region: "eu-south-2" }, { region: "us-east-1" }] };
    expect(price(nat, { provider: aliased }).counts.priced).toBe(1);
    expect(price(nat, { provider: {} }).counts.unknown).toBe(1);
    expect(priceOfConfiguration({ resource: nat }, { region: "us-east-1" }).counts.priced).toBe(1);
  });

  test("nothing costs nothing", () => {
    expect(price(undefined).resources).toEqual([]);
  });
});
