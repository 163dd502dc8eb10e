import { Token } from "cdktf";
import type { Fault } from "./errors";

/** The faults of a number that is to be whole and within a range; a token is not judged. */
export function wholeFaults(
  name: string,
  value: number,
  least: number,
  most: number,
  example: number,
): readonly Fault[] {
  if (Token.isUnresolved(value) || (Number.isInteger(value) && value >= least && value <= most)) return [];
  return [
    {
      what: `${name} is ${value}`,
      instead: `use a whole number of ${least} to ${most}, e.g. ${example}`,
    },
  ];
}
