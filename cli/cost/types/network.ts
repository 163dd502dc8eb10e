import type { Amount } from "../amount";
import { hourly, type Part, type Pricing } from "../pricing";
import { NotKnown, type Values } from "../values";

/** A public IPv4 address, in use or not. @see https://aws.amazon.com/vpc/pricing/ */
export function publicAddresses(count: number | Amount): readonly Part[] {
  return count === 0 ? [] : [hourly("public IPv4 address", "public-ipv4/hour", count)];
}

const nat: Pricing = {
  assumes: ["its elastic IP address is priced on its own"],
  usage: () => [{ name: "data_processed_gb", means: "GB processed a month", price: "nat-gateway/gb" }],
  parts: () => [hourly("NAT gateway", "nat-gateway/hour")],
};

const eip: Pricing = {
  assumes: ["an address of one's own pool is free"],
  parts: (values) => {
    const pool = values.given.text("public_ipv4_pool");
    return pool === undefined || pool === "amazon" ? publicAddresses(1) : [];
  },
};

const endpoint: Pricing = {
  assumes: ["an interface in each subnet that is named; endpoints of the type Gateway are free"],
  usage: (values) =>
    kindOf(values) === "Interface"
      ? [{ name: "data_processed_gb", means: "GB processed a month", price: "vpc-endpoint/gb" }]
      : [],
  parts: (values, around) => {
    const kind = kindOf(values);
    if (kind === "Gateway") return [];
    if (kind !== "Interface") throw new NotKnown(`an endpoint of the type ${kind} has no price here`);
    return [
      hourly("endpoint in a zone", "vpc-endpoint/interface-hour", zonesOf(values, "subnet_ids", around)),
    ];
  },
};

function kindOf(values: Values): string {
  return values.text("vpc_endpoint_type") ?? "Gateway";
}

/** In how many subnets something stands. @throws NotKnown */
export function zonesOf(values: Values, attribute: string, around: Parameters<Pricing["parts"]>[1]): number {
  try {
    return values.count(attribute);
  } catch (error) {
    const links = error instanceof NotKnown ? around.links(attribute, "aws_subnet") : undefined;
    if (links === undefined) throw error;
    return links;
  }
}

/** Networks. */
export const NETWORK: Readonly<Record<string, Pricing>> = {
  aws_nat_gateway: nat,
  aws_eip: eip,
  aws_vpc_endpoint: endpoint,
};
