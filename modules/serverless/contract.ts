import { type Contract, defineContract } from "../core";

const SHAPE = {
  functionName: "string",
  /** ARN of the alias: what callers invoke. */
  aliasArn: "string",
  /** Where the API is called; without a slash at the end. */
  url: "string",
  /** A gradual deploy goes back when one of these is on. */
  alarmNames: "strings",
  /** Percent of the traffic that a new artifact gets first; 100 switches at once. */
  canaryPercent: "number",
  /** Minutes for which it gets that share before it gets all. */
  canaryMinutes: "number",
} as const;

/** What the stack of a service tells the other stacks of its environment, and `groundplan artifact`. */
export function serviceContract(service: string): Contract<typeof SHAPE> {
  return defineContract(service, SHAPE);
}
