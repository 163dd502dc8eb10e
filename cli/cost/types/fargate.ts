import { type Amount, times } from "../amount";
import { type Around, HOURS, known, NO_PARTS, type Part, type Pricing } from "../pricing";
import { NotKnown, type Values } from "../values";
import { publicAddresses } from "./network";

/** Spot is up to 70 % cheaper. @see https://aws.amazon.com/fargate/pricing/ */
const SPOT_LEAST = 0.3;

/** GiB of a task's storage that cost nothing. */
const FREE_STORAGE = 20;

const service: Pricing = {
  assumes: [
    "as many tasks run all month as are desired; with autoscaling, from its least to its most",
    "tasks on Spot cost 30 to 100 % of the price on demand",
    "tasks on EC2 cost nothing beside their instances",
  ],
  parts: (values, around) => {
    const placed = placementOf(values);
    if (placed === "ec2") return [];
    const tasks = tasksOf(values, around);
    const definition = around.linked("task_definition", "aws_ecs_task_definition");
    if (!definition) throw new NotKnown("its task definition is not in the plan");
    const network = values.block("network_configuration");
    return [
      ...taskParts(definition, times(tasks, HOURS), placed === "spot" ? SPOT_LEAST : 1),
      ...(network.is("assign_public_ip") ? publicAddresses(tasks) : []),
    ].map((part) => ({ ...part, sleeps: true }));
  },
};

/** How many tasks run. */
function tasksOf(values: Values, around: Around): Amount {
  const [target] = around.referrers("aws_appautoscaling_target");
  if (!target) return known(values.number("desired_count") ?? 0);
  return { low: target.number("min_capacity") ?? 0, high: target.number("max_capacity") ?? 0 };
}

/** Where tasks run. @throws NotKnown */
function placementOf(values: Values): "fargate" | "spot" | "ec2" {
  const providers = values.blocks("capacity_provider_strategy").map((one) => one.text("capacity_provider"));
  if (providers.length === 0) return values.text("launch_type") === "FARGATE" ? "fargate" : "ec2";
  if (providers.includes("FARGATE_SPOT")) return "spot";
  return providers.includes("FARGATE") ? "fargate" : "ec2";
}

/** What tasks of a definition cost in some hours. @throws NotKnown */
function taskParts(definition: Values, hours: Amount, least: number): readonly Part[] {
  const platform = definition.block("runtime_platform");
  const system = platform.text("operating_system_family") ?? "LINUX";
  if (system !== "LINUX") throw new NotKnown(`tasks on ${system} have no price here`);
  const kind = platform.text("cpu_architecture") === "ARM64" ? "arm" : "x86";
  const cpu = definition.number("cpu");
  const memory = definition.number("memory");
  if (cpu === undefined || memory === undefined)
    throw new NotKnown("its task definition says no CPU or memory");
  const storage = (definition.block("ephemeral_storage").number("size_in_gib") ?? 0) - FREE_STORAGE;
  const part = (name: string, unit: string, count: number, price: string): Part => ({
    name,
    quantity: times(hours, count),
    unit,
    price,
    least,
  });
  return [
    part("vCPU of tasks", "vCPU hours", cpu / 1024, `fargate/${kind}/vcpu-hour`),
    part("memory of tasks", "GB hours", memory / 1024, `fargate/${kind}/gb-hour`),
    ...(storage > 0
      ? [{ ...part("storage of tasks", "GB hours", storage, "fargate/storage-gb-hour"), least: 1 }]
      : []),
  ];
}

const schedule: Pricing = {
  assumes: ["the first 14 million invocations a month are free; tasks that it starts are billed by use"],
  usage: (_, around) => {
    const definition = around.linked("target", "aws_ecs_task_definition");
    if (!definition) return [];
    return taskParts(definition, known(1), 1).map(({ price, quantity }) => ({
      name: "task_hours",
      means: "hours a month that its tasks run, all together",
      price: String(price),
      units: quantity.high,
    }));
  },
  parts: NO_PARTS,
};

/** Tasks without servers. */
export const FARGATE: Readonly<Record<string, Pricing>> = {
  aws_ecs_service: service,
  aws_scheduler_schedule: schedule,
};
