import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Annotations, conditional, Op, Token } from "cdktf";
import { Construct } from "constructs";
import { declareFunction } from "../artifact/deployable";
import type { ArtifactPin } from "../artifact/pin";
import { type PolicyStatement, partitionOf, SynthError } from "../core";
import { arnFaults, type Objects, STATEMENTS } from "../identity/grants";
import { CanaryAlarms, FunctionAlarms } from "../observability/function-alarms";
import { logGroup } from "../observability/log-group";
import { deadLetterQueueArn } from "./dead-letters";
import { type ArtifactFunctionProps, functionFaults } from "./function-props";
import { FunctionRole } from "./function-role";
import { type Invoker, invokerFaults, sourceAccountOf } from "./invoker";
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
export class ArtifactFunction extends Construct {
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
    const runtime = props.runtime ?? DEFAULT_RUNTIME;
    const warning = runtimeWarning(runtime, props.today ?? new Date());
    if (warning !== undefined) Annotations.of(this).addWarning(warning);

    const { functionName, region, account, artifact, kmsKeyArn, tracing = true, vpc } = props;
    this.functionName = functionName;
    this.partition = partitionOf(region);
    this.place = { region, account };
    this.functionArn = `arn:${this.partition}:lambda:${region}:${account}:function:${functionName}`;
    this.timeoutSeconds = props.timeoutSeconds ?? 10;
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
      ...codeOf(artifact),
      handler: props.handler ?? "index.handler",
      runtime,
      architectures: [props.architecture ?? "arm64"],
      memorySize: props.memoryMb ?? 256,
      timeout: this.timeoutSeconds,
      publish: true,
      reservedConcurrentExecutions: props.reservedConcurrency ?? -1,
      environment: {
        variables: {
          ARTIFACT_SHA256: artifact.sha256,
          ARTIFACT_COMMIT: artifact.commit,
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
    this.alias = this.makeAlias(resource, artifact, canary);
    this.aliasArn = this.alias.arn;
    this.invokeArn = this.alias.invokeArn;
    const alarms = new FunctionAlarms(this, "alarms", watched);
    if (artifact.source) {
      declareFunction(this, {
        source: artifact.source,
        ...this.place,
        functionName,
        aliasName: ALIAS,
        function: resource,
        alias: this.alias,
        canaryAlarms: canary.alarms,
      });
    }
    this.alarmNames = [...alarms.alarmNames, ...canary.alarmNames];
    this.alarmArns = [...alarms.alarmArns, ...canary.alarmArns];
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

  /** Lets the function read SSM parameters. @param id - names the grant within the function. */
  grantReadParameters(id: string, ...parameterArns: readonly string[]): void {
    this.grant(`read-parameters-${id}`, parameterArns, STATEMENTS.readParameters(parameterArns));
  }

  /** Lets the function read a secret. @param id - names the grant within the function. */
  grantReadSecret(id: string, secretArn: string): void {
    this.grant(`read-secret-${id}`, [secretArn], STATEMENTS.readSecret(secretArn));
  }

  /** Lets the function read and list objects of a bucket. @param id - names the grant within the function. */
  grantReadObjects(id: string, objects: Objects): void {
    this.grant(`read-objects-${id}`, [objects.bucketArn], STATEMENTS.readObjects(objects));
  }

  /** Lets the function write and delete objects of a bucket, and not read them. @param id - names the grant within the function. */
  grantWriteObjects(id: string, objects: Objects): void {
    this.grant(`write-objects-${id}`, [objects.bucketArn], STATEMENTS.writeObjects(objects));
  }

  /** Lets the function send to a queue. @param id - names the grant within the function. */
  grantSend(id: string, queueArn: string): void {
    this.grant(`send-${id}`, [queueArn], STATEMENTS.send(queueArn));
  }

  /** Lets the function receive from a queue. @param id - names the grant within the function. */
  grantReceive(id: string, queueArn: string): void {
    this.grant(`receive-${id}`, [queueArn], STATEMENTS.receive(queueArn));
  }

  /** Lets the function decrypt what a KMS key has encrypted. @param id - names the grant within the function. */
  grantDecrypt(id: string, keyArn: string): void {
    this.grant(`decrypt-${id}`, [keyArn], STATEMENTS.decrypt(keyArn));
  }

  private grant(name: string, arns: readonly string[], statements: readonly PolicyStatement[]): void {
    const faults = arnFaults(arns);
    if (faults.length > 0) throw new SynthError(this, faults);
    for (const [index, statement] of statements.entries()) {
      this.allow({ Sid: statementId(name, index), ...statement });
    }
  }

  /**
   * Lets a service or a principal call the alias.
   *
   * @param id - names the grant within the function.
   * @throws SynthError when the invoker is none, or could be a stranger.
   */
  grantInvoke(id: string, invoker: Invoker): void {
    const faults = invokerFaults(invoker);
    if (faults.length > 0) throw new SynthError(this, faults);
    const account = "service" in invoker ? sourceAccountOf(invoker, this.place.account) : undefined;
    new LambdaPermission(this, `invoke-${id}`, {
      action: "lambda:InvokeFunction",
      functionName: this.functionName,
      qualifier: this.alias.name,
      ...("service" in invoker
        ? {
            principal: invoker.service,
            sourceArn: invoker.sourceArn,
            ...(account === undefined ? {} : { sourceAccount: account }),
          }
        : { principal: "arn" in invoker ? invoker.arn : invoker.account }),
    });
  }

  /** The alias: on the newest version, or on the one before with a share of the traffic for the newest. */
  private makeAlias(
    resource: LambdaFunction,
    { stableVersion, weight }: ArtifactPin,
    canary: CanaryAlarms,
  ): LambdaAlias {
    // CDKTF 0.21 writes a 0 as `undefined`.
    const isGradual = Op.gte(weight, LEAST_WEIGHT);
    const alias = new LambdaAlias(this, "alias", {
      name: ALIAS,
      description: "What callers use",
      functionName: resource.functionName,
      functionVersion: Token.asString(conditional(isGradual, stableVersion, resource.version)),
      // Somebody watches the new version before it is called, also when only the alias is deployed.
      dependsOn: [...canary.alarms],
    });
    // A block that is there only while a gradual deploy is under way.
    alias.addOverride("dynamic.routing_config", {
      for_each: conditional(isGradual, [weight], []),
      content: { additional_version_weights: `\${{(${resource.fqn}.version) = routing_config.value}}` },
    });
    return alias;
  }
}

function codeOf({ bucket, key, versionId, sourceCodeHash }: ArtifactPin) {
  return { s3Bucket: bucket, s3Key: key, s3ObjectVersion: versionId, sourceCodeHash };
}

/** Id of a statement, in which IAM takes letters and digits only: `ReadSecretDb` of `read-secret-db`. */
function statementId(name: string, index: number): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const id = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join("");
  return index === 0 ? id : `${id}${index + 1}`;
}
