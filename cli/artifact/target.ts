import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";
import { regionOf, type Stack } from "../project/project";
import {
  type BeforeTraffic,
  DEPLOYABLES_OUTPUT,
  type DeclaredFunction,
  declaredFunctions,
  declaresDeployables,
} from "./declaration";
import type { ArtifactLocation } from "./store";

/** Where a service is deployed: a stack whose function takes its code from a pin. */
export interface Target {
  readonly environment: string;
  readonly service: string;

  /** Environment whose artifacts are promoted into this one; undefined for the first. */
  readonly promotedFrom: string | undefined;
  readonly stack: Stack;
  readonly region: string;

  /** Account of the function; undefined when the stack does not say it. */
  readonly account: string | undefined;

  /** Name of the SSM parameter that holds the pin. */
  readonly parameter: string;

  /** Name of the SSM parameter in which the stack says what it made. */
  readonly contract: string;
  readonly functionName: string;

  /** Terraform addresses of the function and of its alias. */
  readonly functionAddress: string;
  readonly aliasAddress: string;

  /** Terraform addresses of the alarms that watch its newest version alone, and so change with it. */
  readonly canaryAddresses: readonly string[];
  readonly alias: string;

  /** What a new version has to pass before any caller gets it; undefined where that is nothing. */
  readonly beforeTraffic?: BeforeTraffic | undefined;
}

/** Every function that the stacks declare as deployable. @throws CliError when a declaration is not of its form. */
export function targetsOf(stacks: readonly Stack[]): readonly Target[] {
  return stacks.flatMap((stack) => declaredFunctions(stack).map((declared) => targetOf(stack, declared)));
}

function targetOf(stack: Stack, { addresses, ...declared }: DeclaredFunction): Target {
  return {
    environment: declared.environment,
    service: declared.service,
    promotedFrom: declared.promotedFrom,
    stack,
    region: declared.region,
    account: declared.account,
    parameter: declared.pin,
    contract: declared.contract,
    functionName: declared.functionName,
    functionAddress: addresses.function,
    aliasAddress: addresses.alias,
    canaryAddresses: addresses.canaryAlarms,
    alias: declared.alias,
    beforeTraffic: declared.beforeTraffic,
  };
}

/**
 * The targets of one service, in the order in which an artifact moves through the environments.
 *
 * @throws CliError when there are none, or a pin is read by several functions: a deploy would leave all but one behind.
 */
export function targetsOfService(stacks: readonly Stack[], service: string): readonly Target[] {
  const targets = targetsOf(stacks).filter((target) => target.service === service);
  for (const { environment, parameter } of targets) {
    const readers = targets.filter((target) => target.environment === environment);
    if (readers.length === 1) continue;
    throw new CliError(
      EXIT.USAGE,
      `${readers.length} functions of ${environment} take the pin of service ${service}, and it moves one: ${readers.map(({ functionName }) => functionName).join(", ")}`,
      `at ${parameter}`,
      "give each a service of its own: a folder of services/, and artifactPin() by its name",
    );
  }
  if (targets.length > 0) return promotionOrder(targets);
  if (!stacks.some(declaresDeployables)) {
    throw new CliError(
      EXIT.USAGE,
      `no stack deploys service ${service}: none has the output ${DEPLOYABLES_OUTPUT}, by which a stack says what is deployed`,
      `if a stack deploys it, it was synthesized by an older @groundplan/modules: update the package and synthesize again: ${page("upgrading")}`,
      `else add a stack with artifactPin() and ArtifactFunction: ${page("serverless")}`,
    );
  }
  throw new CliError(
    EXIT.USAGE,
    `no stack deploys service ${service}: no output ${DEPLOYABLES_OUTPUT} declares it`,
    `add a stack with artifactPin() and ArtifactFunction: ${page("serverless")}`,
  );
}

/** What is in an environment, and comes there from another. */
interface Promoted {
  readonly environment: string;
  readonly promotedFrom?: string | undefined;
}

/** Each after the one that it is promoted from; what leads nowhere comes last. */
export function promotionOrder<T extends Promoted>(targets: readonly T[]): readonly T[] {
  const ordered = targets.filter(({ promotedFrom }) => promotedFrom === undefined);
  for (let index = 0; index < ordered.length; index += 1) {
    ordered.push(...targets.filter(({ promotedFrom }) => promotedFrom === ordered[index]?.environment));
    // Environments that name each other are in no order.
    if (ordered.length >= targets.length) break;
  }
  return [...ordered, ...targets.filter((target) => !ordered.includes(target))];
}

/** The target of an environment. @throws CliError when there is none. */
export function targetIn(targets: readonly Target[], environment: string): Target {
  const found = targets.find((target) => target.environment === environment);
  if (found) return found;
  const names = targets.map((target) => target.environment).join(", ");
  throw new CliError(
    EXIT.USAGE,
    `service ${targets[0]?.service} has no environment ${JSON.stringify(environment)}`,
    `use one of ${names}`,
  );
}

/** The environment before one. @throws CliError for the first. */
export function targetBefore(targets: readonly Target[], target: Target): Target {
  if (target.promotedFrom !== undefined) return targetIn(targets, target.promotedFrom);
  throw new CliError(
    EXIT.USAGE,
    `${target.environment} is the first environment: nothing is promoted into it`,
    `deploy what is published: npx groundplan artifact deploy ${target.environment}`,
  );
}

/**
 * The artifact bucket of a project: the output `artifact_bucket` of one of its stacks.
 *
 * @throws CliError when no stack has it, or several differ.
 */
export function artifactLocation(stacks: readonly Stack[]): ArtifactLocation {
  const found = artifactStacks(stacks);
  const [first] = found;
  const buckets = new Set(found.map(({ location }) => location.bucket));
  if (first && buckets.size === 1) return first.location;
  throw new CliError(
    EXIT.USAGE,
    buckets.size === 0
      ? "no stack has the output artifact_bucket"
      : `several stacks have the output artifact_bucket: ${[...buckets].join(", ")}`,
    `add one stack with an ArtifactBucket: ${page("serverless")}`,
  );
}

/** The stacks that make an artifact bucket. */
export function artifactStacks(
  stacks: readonly Stack[],
): readonly { readonly stack: Stack; readonly location: ArtifactLocation }[] {
  return stacks.flatMap((stack) => {
    const bucket = stack.json.output?.artifact_bucket?.value;
    if (typeof bucket !== "string" || bucket.includes("${")) return [];
    return [{ stack, location: { bucket, region: regionOf(stack) ?? "us-east-1" } }];
  });
}
