import type { Around, Usage } from "../pricing";
import { Values } from "../values";
import { PRICED } from "./types";

/** Where nothing is known but a task definition, which a schedule starts. */
const AROUND: Around = {
  day: "2026-01-01",
  linked: () => new Values({ cpu: 1024, memory: 1024 }),
  links: () => undefined,
  referrers: () => [],
};

/** Values that lead to every number which a usage file may have for a type. */
const SAMPLES = [
  {},
  {
    vpc_endpoint_type: "Interface",
    billing_mode: "PAY_PER_REQUEST",
    protocol_type: "HTTP",
    tier: "Intelligent-Tiering",
  },
];

/** The numbers that a usage file may have for a type, for the documentation. */
export function usageKeys(type: string): readonly Pick<Usage, "name" | "means">[] {
  const usage = PRICED.get(type)?.usage;
  const found = SAMPLES.flatMap((values) => usage?.(new Values(values), AROUND) ?? []);
  return [...new Map(found.map(({ name, means }) => [name, { name, means }])).values()];
}
