import type { Amount } from "../amount";
import { type Around, HOURS, type Part, type Pricing } from "../pricing";
import { NotKnown, type Values } from "../values";
import { publicAddresses } from "./network";
import { volumeParts } from "./volume";

/** Spot is up to 90 % cheaper. @see https://aws.amazon.com/ec2/spot/pricing/ */
export const SPOT_LEAST = 0.1;

/** What instances cost: as many as `count`, each of one of some types. */
export function instanceParts(
  types: readonly string[],
  { count, least = 1 }: { readonly count: Amount; readonly least?: number },
): Part {
  return {
    name: `instance ${types.slice(0, 3).join(" or ")}${types.length > 3 ? " …" : ""}`,
    quantity: { low: count.low * HOURS, high: count.high * HOURS },
    unit: "hours",
    price: types.map((type) => `ec2/linux/${type}/hour`),
    least,
  };
}

/** Volumes that a launch template says, each `count` times. */
export function templateVolumes(template: Values, count: number): readonly Part[] {
  return template
    .blocks("block_device_mappings")
    .flatMap((mapping) => mapping.blocks("ebs"))
    .filter((ebs) => ebs.has("volume_size"))
    .flatMap((ebs) => volumeParts(ebs, "volume_size", "volume_type", { count, types: ["gp2", "gp3"] }));
}

const ONE: Amount = { low: 1, high: 1 };

const instance: Pricing = {
  assumes: [
    "Linux on shared hardware, running all month, without extra CPU credits and detailed monitoring",
    "on Spot 10 to 100 % of the price on demand",
    "a root volume whose size nobody says is as large as the image's, which no plan knows: it is not counted",
    "where no plan knows whether it has a public IPv4 address, none to one",
  ],
  parts: (values) => {
    const type = values.text("instance_type");
    if (type === undefined) throw new NotKnown("its instance type is not in the plan");
    assertShared(values);
    const isSpot = values.given
      .blocks("instance_market_options")
      .some((options) => options.text("market_type") === "spot");
    const root = rootOf(values);
    return [
      instanceParts([type], { count: ONE, least: isSpot ? SPOT_LEAST : 1 }),
      ...(root ? volumeParts(root, "volume_size", "volume_type", { types: ["gp2", "gp3"] }) : []),
      ...values.given
        .blocks("ebs_block_device")
        .flatMap((device) => volumeParts(device, "volume_size", "volume_type", { types: ["gp2"] })),
      ...addressOf(values),
    ];
  },
};

function assertShared(values: Values): void {
  const tenancy = values.given.text("tenancy");
  if (tenancy !== undefined && tenancy !== "default")
    throw new NotKnown(`the tenancy ${tenancy} has no price here`);
}

/** The root volume, where its size is said. */
function rootOf(values: Values): Values | undefined {
  const root = values.given.block("root_block_device");
  return root.has("volume_size") ? root : undefined;
}

function addressOf(values: Values): readonly Part[] {
  const name = "associate_public_ip_address";
  if (!values.given.has(name)) return publicAddresses({ low: 0, high: 1 });
  return publicAddresses(values.is(name) ? 1 : 0);
}

const group: Pricing = {
  assumes: [
    "as many instances as are desired, else the least; of several types, the cheapest to the dearest",
    "with instances on Spot 10 to 100 % of the price on demand",
  ],
  parts: (values, around) => {
    const count = values.given.number("desired_capacity") ?? values.number("min_size") ?? 0;
    const mixed = values.given.block("mixed_instances_policy");
    const template = templateOf(around);
    const overrides = mixed
      .blocks("launch_template")
      .flatMap((one) => one.blocks("override"))
      .flatMap((one) => one.text("instance_type") ?? []);
    const own = template?.text("instance_type");
    const types = overrides.length > 0 ? overrides : own === undefined ? [] : [own];
    if (!template || types.length === 0) throw new NotKnown("its instance type is not in the plan");
    const least = spotIn(mixed, template) ? SPOT_LEAST : 1;
    return [
      instanceParts([...new Set(types)], { count: { low: count, high: count }, least }),
      ...templateVolumes(template, count),
    ];
  },
};

/** The launch template of a group, be it named by itself or in a policy. */
function templateOf(around: Around): Values | undefined {
  return (
    around.linked("launch_template", "aws_launch_template") ??
    around.linked("mixed_instances_policy", "aws_launch_template")
  );
}

function spotIn(mixed: Values, template: Values): boolean {
  const distribution = mixed.block("instances_distribution");
  const onDemand = distribution.number("on_demand_percentage_above_base_capacity") ?? 100;
  const isSpot = template
    .blocks("instance_market_options")
    .some((options) => options.text("market_type") === "spot");
  return onDemand < 100 || isSpot;
}

/** Instances. */
export const INSTANCE: Readonly<Record<string, Pricing>> = {
  aws_instance: instance,
  aws_autoscaling_group: group,
};
