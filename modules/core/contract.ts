import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { SynthError } from "./errors";
import { encodedJson } from "./json";
import type { Place } from "./place";

/** Kinds of value that a contract carries. */
interface ContractTypes {
  string: string;
  number: number;
  strings: readonly string[];
  stringMap: Readonly<Record<string, string>>;
}

/** The keys of a contract's document and the kind of each. */
export type ContractShape = Readonly<Record<string, keyof ContractTypes>>;

/** The document of a contract as a TypeScript type; a producer gives it, a consumer gets it as tokens. */
export type ContractValues<S extends ContractShape> = { readonly [K in keyof S]: ContractTypes[S[K]] };

/** What one stack tells the others: one SSM parameter that holds one JSON document. */
export interface Contract<S extends ContractShape> {
  /** Name of the stack within its environment, e.g. `network`. */
  readonly stack: string;

  /** Keys of the document, and the kind of each value. */
  readonly shape: S;
}

/**
 * Declares what a stack publishes.
 *
 * @example
 * export const NETWORK = defineContract("network", { vpcId: "string", privateSubnetIds: "strings" });
 */
export function defineContract<const S extends ContractShape>(stack: string, shape: S): Contract<S> {
  return { stack, shape };
}

/**
 * Name of the SSM parameter of a contract: `/<platform>/<environment>/<stack>`.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 */
export function parameterName({ platform, environment }: Place, stack: string): string {
  return `/${platform}/${environment}/${stack}`;
}

/**
 * Publishes a stack's document for the other stacks of its environment.
 *
 * The values are ids and addresses, never secrets: the parameter is a plain `String` whose changes
 * stand readable in the plan.
 *
 * @throws SynthError when a key of the contract has no value (a caller without types may leave one out).
 */
export function publish<S extends ContractShape>(
  scope: Construct,
  place: Place,
  contract: Contract<S>,
  values: ContractValues<S>,
): SsmParameter {
  const missing = Object.keys(contract.shape).filter((key) => values[key] === undefined);
  if (missing.length > 0) {
    throw new SynthError(
      scope,
      missing.map((key) => ({
        what: `contract "${contract.stack}" has no value for "${key}"`,
        instead: `give a ${contract.shape[key]} for "${key}" to publish()`,
      })),
    );
  }
  return new SsmParameter(scope, "contract", {
    name: parameterName(place, contract.stack),
    description: `What the ${contract.stack} stack of ${place.environment} tells the other stacks`,
    type: "String",
    // Above 4 KB the parameter becomes an advanced one by itself.
    tier: "Intelligent-Tiering",
    insecureValue: encodedJson(values),
  });
}

/**
 * Reads what another stack of the environment has published, as tokens of the declared types.
 *
 * Planning fails while the producer is not deployed: order the stacks with `addDependency`.
 */
export function lookup<S extends ContractShape>(
  scope: Construct,
  place: Place,
  contract: Contract<S>,
): ContractValues<S> {
  const data = new DataAwsSsmParameter(scope, `${contract.stack}-contract`, {
    name: parameterName(place, contract.stack),
  });
  const document = Fn.jsondecode(data.insecureValue);
  const entries = Object.entries(contract.shape).map(([key, kind]) => {
    const value = Fn.lookupNested(document, [key]);
    return [key, asKind(value, kind)];
  });
  return Object.fromEntries(entries) as ContractValues<S>;
}

function asKind(value: unknown, kind: keyof ContractTypes): ContractTypes[keyof ContractTypes] {
  switch (kind) {
    case "string":
      return Token.asString(value);
    case "number":
      return Token.asNumber(value);
    case "strings":
      return Token.asList(value);
    case "stringMap":
      return Token.asStringMap(value);
  }
}
