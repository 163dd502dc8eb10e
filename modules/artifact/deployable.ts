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

/**
 * What a new version of a function has to pass before any caller gets it: a call with an event, which fails when the
 * function does or answers with a status of 400 or more; or another function, which is called with the version and
 * answers `{ "accepted": true }`, or `{ "accepted": false, "reason": "…" }`.
 */
export type BeforeTraffic = { readonly event: unknown } | { readonly functionName: string };

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

  /**
   * What a new version has to pass before any caller gets it.
   *
   * @default - nothing
   */
  readonly beforeTraffic?: BeforeTraffic | undefined;
}

/** Where a commit pins an image, and what runs it, for {@link declareImage}. */
export interface ImageDelivery {
  /** Git repository of the manifests. */
  readonly repository: string;

  /** Branch that is deployed; a commit is pushed to it. */
  readonly revision: string;

  /** Folder of the environment's Kustomize overlay in that repository. */
  readonly path: string;

  /** Name of the image in `images:` of the overlay. */
  readonly image: string;

  /** Name of the Argo CD application. */
  readonly application: string;

  /** Namespace of the workload. */
  readonly namespace: string;

  /** Name of the Deployment or Rollout. */
  readonly workload: string;

  /** Whether the workload is a Rollout of Argo Rollouts. */
  readonly rollout: boolean;
}

/** An image that a commit pins, for {@link declareImage}. */
export interface DeployableImage {
  /** Name of the environment. */
  readonly environment: string;

  /** Name of the service, and of its folder in `services/`. */
  readonly service: string;

  /**
   * Environment whose images are promoted into this one.
   *
   * @default - none: it is the first
   */
  readonly promotedFrom?: string;

  /** AWS Region of the repository. */
  readonly region: string;

  /** AWS account of the repository, 12 digits. */
  readonly account: string;

  /** Name of the ECR repository, e.g. `groundplan/dev/app`. */
  readonly repository: string;

  /** Whether ECR refuses to move a tag of the repository to another image. */
  readonly immutableTags: boolean;

  /**
   * Images with a tag `pinned-…` that the lifecycle of the repository keeps, 1 or more: an older one is refused when it is
   * pinned again, for it would expire while it runs.
   *
   * @default - none is refused
   */
  readonly pinnedImages?: number;

  /** Where it is pinned, and what runs it. */
  readonly gitops: ImageDelivery;
}

/** Makes one entry of the output. */
type Declaration = () => Readonly<Record<string, unknown>>;

/** What each stack has declared so far. */
const declared = new WeakMap<TerraformStack, Declaration[]>();

/**
 * Declares a function in the output `deployables` of its stack: by it, and by nothing else, `groundplan artifact` knows
 * which pin a deploy writes and which addresses it targets. The form is `deployables.schema.json`, which the command
 * line has as well.
 */
export function declareFunction(scope: Construct, deployable: DeployableFunction): void {
  declare(scope, () => functionDeclaration(deployable));
}

/**
 * Declares an image in the output `deployables` of its stack: by it, `groundplan artifact` knows the repository of each
 * environment, and in which file of which Git repository a commit pins a digest.
 */
export function declareImage(scope: Construct, image: DeployableImage): void {
  declare(scope, () => ({ kind: "image", ...image }));
}

function declare(scope: Construct, declaration: Declaration): void {
  const stack = TerraformStack.of(scope);
  const known = declared.get(stack);
  if (known) {
    known.push(declaration);
    return;
  }
  const all = [declaration];
  declared.set(stack, all);
  new TerraformOutput(stack, OUTPUT, {
    description: "What groundplan artifact deploys",
    // Later ones add to it, and logical ids may be overridden: the value is made at synth.
    value: Lazy.anyValue({ produce: () => all.map((produce) => produce()) }),
    staticId: true,
  });
}

function functionDeclaration({ source, ...deployable }: DeployableFunction) {
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
    ...(deployable.beforeTraffic === undefined ? {} : { beforeTraffic: deployable.beforeTraffic }),
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
