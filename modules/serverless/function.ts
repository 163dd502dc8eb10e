import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { Annotations, conditional, Fn, Op, Token } from "cdktf";
import type { Construct } from "constructs";
import { declareFunction } from "../artifact/deployable";
import { type PolicyStatement, partitionOf, SynthError } from "../core";
import { Grantable, namedStatements } from "../identity/grantable";
import { CanaryAlarms, FunctionAlarms } from "../observability/function-alarms";
import { logGroup } from "../observability/log-group";
import { deadLetterQueueArn } from "./dead-letters";
import { codeOf, codeVariables, type FunctionCode, isImage } from "./function-code";
import { type ArtifactFunctionProps, functionFaults } from "./function-props";
import { FunctionRole } from "./function-role";
import {
  type FunctionAttributes,
  type IFunction,
  ImportedFunction,
  invokePermission,
} from "./imported-function";
import type { Invoker } from "./invoker";
import { ProvisionedConcurrency } from "./provisioned-concurrency";
import { DEFAULT_RUNTIME, runtimeWarning } from "./runtimes";

/** The alias that all callers use. */
export const ALIAS = "live";

/** The smallest share of the traffic that a gradual deploy gives to a new version. */
const LEAST_WEIGHT = 0.01;

/**
 * A Lambda function whose code is a pinned artifact: bucket, key, object version and hash.
 *
 * Each change of code or settings publishes an immutable version, and callers use the alias `live`: so a
 * deploy switches at once, or step by step, and to roll back is to pin the artifact before. It declares itself in the
 * output `deployables` of its stack, by which `groundplan artifact` finds it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
 */
export class ArtifactFunction extends Grantable implements IFunction {
  /** Name of the function. */
  readonly functionName: string;

  /** ARN of the function, known before it is made. */
  readonly functionArn: string;

  /** ARN of the alias: what callers invoke. */
  readonly aliasArn: string;

  /** What an API's integration takes for the alias. */
  readonly invokeArn: string;

  /** Name of the alias. */
  readonly aliasName: string = ALIAS;

  /** Seconds after which a call is ended. */
  readonly timeoutSeconds: number;

  /** Calls at once that it may and can have; -1 for what the account has left. */
  readonly reservedConcurrency: number;

  /** Name of its log group. */
  readonly logGroupName: string;

  /** Names of its alarms: those of the alias, and those of the newest version alone. */
  readonly alarmNames: readonly string[];

  /** ARNs of its alarms, for a dashboard. */
  readonly alarmArns: readonly string[];
  private readonly role: FunctionRole;
  private readonly alias: LambdaAlias;
  private readonly partition: string;
  private readonly place: { readonly region: string; readonly account: string };

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: ArtifactFunctionProps) {
    super(scope, id);
    const faults = functionFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const warning = isImage(props.artifact)
      ? undefined
      : runtimeWarning(props.runtime ?? DEFAULT_RUNTIME, props.today ?? new Date());
    if (warning !== undefined) Annotations.of(this).addWarning(warning);

    const { functionName, region, account, artifact, kmsKeyArn, tracing = true, vpc } = props;
    this.functionName = functionName;
    this.partition = partitionOf(region);
    this.place = { region, account };
    this.functionArn = `arn:${this.partition}:lambda:${region}:${account}:function:${functionName}`;
    this.timeoutSeconds = props.timeoutSeconds ?? 10;
    this.reservedConcurrency = props.reservedConcurrency ?? -1;
    this.logGroupName = `/aws/lambda/${functionName}`;
    const logs = logGroup(this, "logs", {
      name: this.logGroupName,
      retentionDays: props.logRetentionDays,
      kmsKeyArn,
    });
    const queueArn = deadLetterQueueArn(this, props);
    this.role = new FunctionRole(this, "role", {
      functionName,
      functionArn: this.functionArn,
      region,
      logGroupArn: `arn:${this.partition}:logs:${region}:${account}:log-group:${this.logGroupName}`,
      tracing,
      inVpc: vpc !== undefined,
      deadLetterQueueArn: queueArn,
      kmsKeyArn,
    });
    const resource = new LambdaFunction(this, "function", {
      functionName,
      description: props.description,
      role: this.role.roleArn,
      ...codeOf(props),
      architectures: [props.architecture ?? "arm64"],
      memorySize: props.memoryMb ?? 256,
      timeout: this.timeoutSeconds,
      publish: true,
      reservedConcurrentExecutions: this.reservedConcurrency,
      environment: {
        variables: {
          ...codeVariables(artifact),
          ...props.environment,
        },
      },
      tracingConfig: { mode: tracing ? "Active" : "PassThrough" },
      // AWS says INFO where nothing is said, and the provider then plans a new version each time.
      loggingConfig: {
        logFormat: "JSON",
        logGroup: logs.name,
        applicationLogLevel: props.logLevel ?? "INFO",
        systemLogLevel: "INFO",
      },
      ...(queueArn === undefined ? {} : { deadLetterConfig: { targetArn: queueArn } }),
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
      ...(vpc === undefined
        ? {}
        : { vpcConfig: { subnetIds: [...vpc.subnetIds], securityGroupIds: [...vpc.securityGroupIds] } }),
      // Without its policy, a first call could neither log nor trace.
      dependsOn: [this.role.policy],
      tags: { Name: functionName },
    });
    const watched = {
      ...props.alarms,
      functionName,
      alias: ALIAS,
      timeoutSeconds: this.timeoutSeconds,
    };
    const canary = new CanaryAlarms(this, "canary", { ...watched, version: resource.version });
    this.alias = this.makeAlias(resource, artifact, canary, props.beforeTraffic !== undefined);
    this.aliasArn = this.alias.arn;
    this.invokeArn = this.alias.invokeArn;
    const alarms = new FunctionAlarms(this, "alarms", watched);
    if (props.provisionedConcurrency !== undefined) {
      new ProvisionedConcurrency(this, "provisioned", {
        functionName: resource.functionName,
        alias: this.alias,
        settings: props.provisionedConcurrency,
      });
    }
    if (!isImage(artifact) && artifact.source) {
      declareFunction(this, {
        source: artifact.source,
        ...this.place,
        functionName,
        aliasName: ALIAS,
        function: resource,
        alias: this.alias,
        canaryAlarms: canary.alarms,
        beforeTraffic: props.beforeTraffic,
      });
    }
    this.alarmNames = [...alarms.alarmNames, ...canary.alarmNames];
    this.alarmArns = [...alarms.alarmArns, ...canary.alarmArns];
  }

  /**
   * A function that is there already, e.g. of another stack.
   *
   * @throws SynthError with every fault of the attributes.
   */
  static fromFunctionAttributes(scope: Construct, id: string, attributes: FunctionAttributes): IFunction {
    return new ImportedFunction(scope, id, attributes);
  }

  /** Name of the alias, known once it stands: what names it waits for it. */
  get aliasReference(): string {
    return this.alias.name;
  }

  /** What gives the role its rights: what needs them at once depends on it. */
  get rights(): IamRolePolicy {
    return this.role.policy;
  }

  /** Name of the role that it runs as. */
  get roleName(): string {
    return this.role.roleName;
  }

  /** ARN of the role that it runs as: what others grant something to. */
  get roleArn(): string {
    return this.role.roleArn;
  }

  /** Adds a statement to what the function may do. */
  allow(statement: PolicyStatement): void {
    this.role.allow(statement);
  }

  protected addGrant(name: string, statements: readonly PolicyStatement[]): void {
    for (const statement of namedStatements(name, statements)) this.allow(statement);
  }

  /**
   * Lets a service or a principal call the alias.
   *
   * @param id - names the grant within the function.
   * @throws SynthError when the invoker is none, or could be a stranger.
   */
  grantInvoke(id: string, invoker: Invoker): void {
    const { functionName, aliasReference: aliasName } = this;
    invokePermission(this, id, { functionName, aliasName }, this.place.account, invoker);
  }

  /**
   * The alias: on the newest version, or on the one before with a share of the traffic for the newest.
   *
   * @param isHeld - whether the newest may wait without any traffic, until it is accepted.
   */
  private makeAlias(
    resource: LambdaFunction,
    code: FunctionCode,
    canary: CanaryAlarms,
    isHeld: boolean,
  ): LambdaAlias {
    const settings = {
      name: ALIAS,
      description: "What callers use",
      functionName: resource.functionName,
      // Somebody watches the new version before it is called, also when only the alias is deployed.
      dependsOn: [...canary.alarms],
    };
    // An image has no pin that says which share it gets.
    if (isImage(code))
      return new LambdaAlias(this, "alias", { ...settings, functionVersion: resource.version });
    const { stableVersion, weight } = code;
    // CDKTF 0.21 writes a 0 as `undefined`.
    const isGradual = Op.gte(weight, LEAST_WEIGHT);
    // And an empty text as well: the length says whether there is one.
    const keepsStable = isHeld ? Op.gte(Fn.lengthOf(stableVersion), 1) : isGradual;
    const alias = new LambdaAlias(this, "alias", {
      ...settings,
      functionVersion: Token.asString(conditional(keepsStable, stableVersion, resource.version)),
    });
    // A block that is there only while a gradual deploy is under way.
    alias.addOverride("dynamic.routing_config", {
      for_each: conditional(isGradual, [weight], []),
      content: { additional_version_weights: `\${{(${resource.fqn}.version) = routing_config.value}}` },
    });
    return alias;
  }
}
