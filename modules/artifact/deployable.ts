import { Lazy, TerraformOutput, type TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/** Name of the output in which a stack says what it deploys. */
const OUTPUT = "deployables";

/** Which pin an artifact is read from, and how it gets there. */
export interface PinSource {
  /** Name of the environment. */
  readonly environment: string;

  /** Name of the service, and of its folder in `services/`. */
  readonly service: string;

  /** Name of the SSM parameter that says which artifact runs. */
  readonly pin: string;

  /** Name of the SSM parameter in which the stack of the service says what it made. */
  readonly contract: string;

  /**
   * Environment whose artifacts are promoted into this one.
   *
   * @default - none: it is the first
   */
  readonly promotedFrom?: string;
}

/** A function that runs a pinned artifact, for {@link declareFunction}. */
export interface DeployableFunction {
  /** Where its artifact is pinned. */
  readonly source: PinSource;

  /** AWS Region of the function. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** Name of the function. */
  readonly functionName: string;

  /** Name of the alias that callers use. */
  readonly aliasName: string;

  /** The function itself. */
  readonly function: TerraformResource;

  /** The alias that callers use. */
  readonly alias: TerraformResource;

  /** Alarms that watch the newest version alone, and so change with it. */
  readonly canaryAlarms: readonly TerraformResource[];
}

/** What each stack has declared so far. */
const declared = new WeakMap<TerraformStack, DeployableFunction[]>();

/**
 * Declares a function in the output `deployables` of its stack: by it, and by nothing else, `groundplan artifact` knows
 * which pin a deploy writes and which addresses it targets. The form is `deployables.schema.json`, which the command
 * line has as well.
 */
export function declareFunction(scope: Construct, deployable: DeployableFunction): void {
  const stack = TerraformStack.of(scope);
  const known = declared.get(stack);
  if (known) {
    known.push(deployable);
    return;
  }
  const all = [deployable];
  declared.set(stack, all);
  new TerraformOutput(stack, OUTPUT, {
    description: "What groundplan artifact deploys",
    // Later functions add to it, and logical ids may be overridden: the value is made at synth.
    value: Lazy.anyValue({ produce: () => all.map(declarationOf) }),
    staticId: true,
  });
}

function declarationOf({ source, ...deployable }: DeployableFunction) {
  return {
    kind: "lambda",
    environment: source.environment,
    service: source.service,
    ...(source.promotedFrom === undefined ? {} : { promotedFrom: source.promotedFrom }),
    pin: source.pin,
    contract: source.contract,
    region: deployable.region,
    account: deployable.account,
    functionName: deployable.functionName,
    alias: deployable.aliasName,
    addresses: {
      function: addressOf(deployable.function),
      alias: addressOf(deployable.alias),
      canaryAlarms: deployable.canaryAlarms.map(addressOf),
    },
  };
}

function addressOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
