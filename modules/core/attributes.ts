import { type Fault, SynthError } from "./errors";

/** What an attribute of something that is there already has to look like. */
export interface AttributeRule {
  /** Name of the attribute. */
  readonly name: string;

  /** What was given; undefined where it was left out. */
  readonly value: string | undefined;

  /** What a valid value matches. */
  readonly pattern: RegExp;

  /** A valid value. */
  readonly example: string;
}

/** The faults of attributes; one that was left out, or that Terraform alone knows, is not judged. */
export function attributeFaults(rules: readonly AttributeRule[]): readonly Fault[] {
  return rules.flatMap(({ name, value, pattern, example }): Fault[] =>
    value === undefined || value.includes("${") || pattern.test(value)
      ? []
      : [{ what: `${name} is ${JSON.stringify(value)}`, instead: `use e.g. ${JSON.stringify(example)}` }],
  );
}

/**
 * Refuses attributes that name nothing.
 *
 * @param place - the method that took them, e.g. `Vpc.fromVpcAttributes`.
 * @throws SynthError with every fault.
 */
export function assertAttributes(place: string, rules: readonly AttributeRule[]): void {
  const faults = attributeFaults(rules);
  if (faults.length > 0) throw new SynthError(place, faults);
}

/** The rule of an AWS account. */
export const accountRule = (value: string): AttributeRule => ({
  name: "account",
  value,
  pattern: /^\d{12}$/,
  example: "123456789012",
});

/** The rule of a Region. */
export const regionRule = (value: string): AttributeRule => ({
  name: "region",
  value,
  pattern: /^[a-z]{2}(?:-[a-z]+)+-\d$/,
  example: "us-east-1",
});

/** The rule of a security group. */
export const securityGroupRule = (value: string, name = "securityGroupId"): AttributeRule => ({
  name,
  value,
  pattern: /^sg-[0-9a-z-]+$/,
  example: "sg-0123456789abcdef0",
});
