import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { GetAliasCommand, GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Artifact } from "../../../cli/artifact/index-object";
import type { Running } from "../../../cli/artifact/kind";
import { type Pin, parsePin } from "../../../cli/artifact/pin";
import type { Target } from "../../../cli/artifact/target";

type ObjectVersion = Pick<Artifact, "key" | "versionId">;

/** Somebody who may do everything, and whom no trouble befalls: makes what stacks make, and looks what is there. */
export class Administrator {
  private readonly s3: S3Client;
  private readonly ssm: SSMClient;
  private readonly lambda: LambdaClient;
  private readonly cloudwatch: CloudWatchClient;

  /** @param endpoint - of AWS. */
  constructor(
    endpoint: string,
    private readonly Bucket: string,
  ) {
    // Made once: to make a client takes longer than to ask by it.
    this.s3 = new S3Client({ endpoint, forcePathStyle: true });
    this.ssm = new SSMClient({ endpoint });
    this.lambda = new LambdaClient({ endpoint });
    this.cloudwatch = new CloudWatchClient({ endpoint });
  }

  /** Makes the artifact bucket. */
  async makeBucket(): Promise<void> {
    const { Bucket } = this;
    await this.s3.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await this.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }

  /** What a target is pinned to. */
  async pinOf({ parameter: Name }: Target): Promise<Pin | undefined> {
    const found = await this.ssm.send(new GetParameterCommand({ Name })).catch(absent("ParameterNotFound"));
    return found && parsePin(found.Parameter?.Value ?? "");
  }

  async has({ key: Key, versionId: VersionId }: ObjectVersion): Promise<boolean> {
    const head = new HeadObjectCommand({ Bucket: this.Bucket, Key, VersionId });
    return (await this.s3.send(head).catch(absent("NotFound"))) !== undefined;
  }

  /** Deletes a version of an object, in spite of the bucket's policy. */
  async remove({ key: Key, versionId: VersionId }: ObjectVersion): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.Bucket, Key, VersionId }));
  }

  /** What callers of a target get. */
  async runningOf({ functionName: FunctionName, alias: Name }: Target): Promise<Running> {
    const alias = await this.lambda.send(new GetAliasCommand({ FunctionName, Name }));
    const { FunctionVersion: version = "", RoutingConfig } = alias;
    const { CodeSha256 } = await this.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName, Qualifier: version }),
    );
    const weights = RoutingConfig?.AdditionalVersionWeights ?? {};
    return { version, sourceCodeHash: CodeSha256 ?? "", weights };
  }

  /** Writes what a stack says of itself, and makes its alarm. */
  async describe(target: Target, canaryPercent: number): Promise<void> {
    // Six milliseconds: the alarms are looked at twice.
    const said = { canaryPercent, canaryMinutes: 0.0001, alarmNames: [alarmOf(target)] };
    await this.say(target, JSON.stringify(said));
    const alarm = new PutMetricAlarmCommand({
      AlarmName: alarmOf(target),
      Namespace: "test",
      MetricName: "test",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "ignore",
    });
    await this.cloudwatch.send(alarm);
  }

  /** Writes what a stack says of itself. */
  async say({ contract: Name }: Target, Value: string): Promise<void> {
    await this.ssm.send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite: true }));
  }

  async setAlarm(target: Target, StateValue: "ALARM" | "OK"): Promise<void> {
    const AlarmName = alarmOf(target);
    await this.cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "a test" }));
  }
}

function alarmOf({ functionName }: Target): string {
  return `${functionName}-errors`;
}

/** Takes one error for an answer: it is not there. */
function absent(name: string) {
  return (error: Error): undefined => {
    if (error.name !== name) throw error;
  };
}
