import type { Amount } from "../amount";
import { HOURS, hourly, type Part, type Pricing } from "../pricing";
import { NotKnown, type Values } from "../values";
import { publicAddresses, zonesOf } from "./network";

/** A load balancer stands in two zones at least, and in no more than a Region has. */
const ZONES: Amount = { low: 2, high: 6 };

const loadBalancer: Pricing = {
  assumes: [
    "one that faces the internet has a public IPv4 address in each subnet; where no plan knows how many there are, 2 to 6",
  ],
  usage: (values) => [
    {
      name: "capacity_units",
      means: "capacity units (LCU) an hour, on average",
      price: `elb/${kindOf(values)}/lcu-hour`,
      units: HOURS,
    },
  ],
  parts: (values, around) => {
    const kind = kindOf(values);
    if (kind !== "application" && kind !== "network")
      throw new NotKnown(`a load balancer of the type ${kind} has no price here`);
    return [
      hourly(`${kind} load balancer`, `elb/${kind}/hour`),
      ...addressesOf(values, () =>
        // Of a mapping each block is a zone.
        values.given.has("subnet_mapping")
          ? values.count("subnet_mapping")
          : zonesOf(values, "subnets", around),
      ),
    ];
  },
};

function kindOf(values: Values): string {
  return values.text("load_balancer_type") ?? "application";
}

function addressesOf(values: Values, zones: () => number): readonly Part[] {
  const isDual = values.given.text("ip_address_type") === "dualstack-without-public-ipv4";
  if (values.given.is("internal") || isDual) return [];
  // Elastic IP addresses are resources of their own.
  const isOwn = values.given.has("subnet_mapping") && values.block("subnet_mapping").has("allocation_id");
  if (isOwn) return [];
  try {
    return publicAddresses(zones());
  } catch (error) {
    if (error instanceof NotKnown) return publicAddresses(ZONES);
    throw error;
  }
}

/** Load balancers. */
export const LOAD_BALANCER: Readonly<Record<string, Pricing>> = {
  aws_lb: loadBalancer,
  aws_alb: loadBalancer,
};
