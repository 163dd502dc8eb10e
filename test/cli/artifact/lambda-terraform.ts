import { isDeepStrictEqual } from "node:util";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { GetParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { type DeployTerraform, NotBegun, type TargetedPlan } from "../../../cli/artifact/lambda/terraform";
import { type Pin, parsePin } from "../../../cli/artifact/pin";
import type { Target } from "../../../cli/artifact/target";
import { CliError, Interrupted } from "../../../cli/console/errors";
import { EXIT } from "../../../cli/console/exit-codes";

/** Where Terraform ends before its time, and how. */
export interface Break {
  readonly at: "init" | "state" | "plan" | "begin" | "middle" | "end";
  readonly how: "fails" | "is interrupted";

  /** How often that step is taken without it before. @default 0 */
  readonly after?: number;
}

/** Ways to AWS that are made once: to make one takes longer than to ask by it. */
export interface Clients {
  readonly ssm: SSMClient;
  readonly lambda: LambdaClient;
}

/** The state of one stack in S3, with its lock and its serial number. */
export class StackState {
  serial = 0;

  /** Newest version of the function; undefined while the stack is not deployed. */
  version: string | undefined;

  /** Hash that the state says the function's code has: of what it was to be sent, also when that never arrived. */
  code = "";
  alias = "";
  private last: Promise<void> = Promise.resolve();

  /** Does something while nobody else does. */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    const before = this.last;
    let release: () => void = () => undefined;
    this.last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return work().finally(release);
  }
}

/**
 * Stands for Terraform on the stack of a target, where the real one would take ten seconds: it reads the pin when it
 * plans, and carries out that plan by the calls that the AWS provider makes for `modules/serverless/function.ts`,
 * code first and then the alias. It locks the state, and refuses a plan of another serial number, as S3's backend does.
 * That the real Terraform does the same is what `flow.emulator.test.ts` shows.
 */
export class LambdaTerraform implements DeployTerraform {
  private isOver = false;

  /**
   * @param breaks - told of each step before it is taken.
   * @param applied - told of each apply when it is done.
   */
  constructor(
    private readonly target: Target,
    private readonly state: StackState,
    private readonly clients: Clients,
    private readonly breaks: (at: Break["at"]) => Break["how"] | undefined = () => undefined,
    private readonly applied: () => Promise<void> = async () => undefined,
  ) {}

  async init(): Promise<void> {
    this.step("init");
  }

  async isDeployed(): Promise<boolean> {
    this.step("state");
    return this.state.version !== undefined;
  }

  async plan(_codeAlone: boolean, notedAs?: string): Promise<TargetedPlan> {
    this.step("plan");
    const { serial } = this.state;
    const pin = await this.pin();
    const code = notedAs ?? pin.sourceCodeHash;
    const { Environment } = await this.clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: this.target.functionName }),
    );
    const isCurrent = code === this.state.code && isDeepStrictEqual(Environment, variablesOf(pin));
    const isEmpty = isCurrent && JSON.stringify(aliasOf(pin, this.state.version)) === (await this.aliasNow());
    const apply = () =>
      this.state.locked(async () => {
        if (this.state.serial !== serial) throw new NotBegun(EXIT.FAILED, "Saved plan is stale");
        this.step("begin");
        this.state.serial += 1;
        // The AWS provider notes it before it sends it.
        this.state.code = code;
        if (!isCurrent) await this.update(pin);
        this.step("middle");
        await this.switch(pin);
        await this.applied();
        this.step("end");
      });
    return { isEmpty, sendsCode: !isCurrent, discard: () => undefined, apply };
  }

  /** The first deploy of the stack, as by `cdktf deploy`. */
  async create(): Promise<void> {
    const pin = await this.pin();
    const { functionName: FunctionName, alias: Name } = this.target;
    const made = await this.clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: "arn:aws:iam::123456789012:role/any",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: { S3Bucket: pin.bucket, S3Key: pin.key, S3ObjectVersion: pin.versionId },
        Environment: variablesOf(pin),
        Publish: true,
      }),
    );
    this.state.version = made.Version === "$LATEST" ? "1" : made.Version;
    this.state.code = pin.sourceCodeHash;
    const alias = aliasOf({ ...pin, weight: 0, stableVersion: "" }, this.state.version);
    await this.clients.lambda.send(new CreateAliasCommand({ FunctionName, Name, ...alias }));
    this.state.alias = JSON.stringify(alias);
  }

  private step(at: Break["at"]): void {
    // After Ctrl-C no program is started.
    if (this.isOver) throw new Interrupted();
    const how = this.breaks(at);
    if (how === undefined) return;
    if (how === "is interrupted") {
      this.isOver = true;
      throw new Interrupted();
    }
    if (at === "begin") throw new NotBegun(EXIT.HELD, "the state is locked by somebody");
    throw new CliError(EXIT.FAILED, `Terraform fails at ${at}`);
  }

  private async pin(): Promise<Pin> {
    const { Parameter } = await this.clients.ssm.send(
      new GetParameterCommand({ Name: this.target.parameter }),
    );
    const pin = parsePin(Parameter?.Value ?? "");
    if (pin) return pin;
    throw new CliError(EXIT.FAILED, "the parameter does not hold a pin");
  }

  /** Where the alias is, whoever put it there: Terraform reads it before it plans. */
  private async aliasNow(): Promise<string> {
    const { functionName: FunctionName, alias: Name } = this.target;
    const { FunctionVersion, RoutingConfig } = await this.clients.lambda.send(
      new GetAliasCommand({ FunctionName, Name }),
    );
    const AdditionalVersionWeights = RoutingConfig?.AdditionalVersionWeights ?? {};
    return JSON.stringify({ FunctionVersion, RoutingConfig: { AdditionalVersionWeights } });
  }

  private async update(pin: Pin): Promise<void> {
    const { functionName: FunctionName } = this.target;
    await this.clients.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: variablesOf(pin) }),
    );
    const made = await this.clients.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName,
        S3Bucket: pin.bucket,
        S3Key: pin.key,
        S3ObjectVersion: pin.versionId,
        Publish: true,
      }),
    );
    this.state.version = made.Version;
  }

  private async switch(pin: Pin): Promise<void> {
    const alias = aliasOf(pin, this.state.version);
    const { functionName: FunctionName, alias: Name } = this.target;
    await this.clients.lambda.send(new UpdateAliasCommand({ FunctionName, Name, ...alias }));
    this.state.alias = JSON.stringify(alias);
  }
}

/** The variables by which a function knows what it runs. */
function variablesOf({ sha256, commit }: Pin) {
  return { Variables: { ARTIFACT_SHA256: sha256, ARTIFACT_COMMIT: commit } };
}

function aliasOf({ weight, stableVersion }: Pin, newest = "") {
  const AdditionalVersionWeights: Record<string, number> = weight > 0 ? { [newest]: weight } : {};
  return {
    FunctionVersion: stableVersion === "" ? newest : stableVersion,
    RoutingConfig: { AdditionalVersionWeights },
  };
}
