import { Token } from "cdktf";
import type { Fault } from "../core/errors";

/** Bytes of all variables of a function. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MOST_BYTES = 4096;

/** What stands for texts that are known only when Terraform runs: an address, an id, the ids of three subnets. */
const TEXT = "x".repeat(60);
const ID = "lt-0123456789abcdef0";
const SUBNETS = Array(3).fill("subnet-0123456789abcdef0");

/** The fault of settings that are more than Lambda takes as a variable; none of those that fit. */
export function settingsSizeFaults(settings: object): readonly Fault[] {
  const text = JSON.stringify(settings, (key, value: unknown) => {
    if (!Token.isUnresolved(value)) return value;
    if (Array.isArray(value)) return SUBNETS;
    return key === "launchTemplateId" ? ID : TEXT;
  });
  const bytes = Buffer.byteLength(`RUNNER_SETTINGS${text}`);
  if (bytes <= MOST_BYTES) return [];
  return [
    {
      what: `the functions are told ${bytes} bytes of pools and owners, and Lambda takes ${MOST_BYTES}`,
      instead: "name fewer pools, instance types or labels, or make a second fleet for some of them",
    },
  ];
}
