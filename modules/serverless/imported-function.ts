import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Construct } from "constructs";
import { type Fault, nameFaults, partitionOf, SynthError } from "../core";
import { type Invoker, invokerFaults, sourceAccountOf } from "./invoker";
import { FUNCTION_NAME } from "./names";

/** A function that others call: one made by `ArtifactFunction`, or one that is there already. */
export interface IFunction {
  /** Name of the function. */
  readonly functionName: string;

  /** ARN of the function. */
  readonly functionArn: string;

  /** Name of the alias that callers use. */
  readonly aliasName: string;

  /** ARN of the alias: what callers invoke. */
  readonly aliasArn: string;

  /** What an API's integration takes for the alias. */
  readonly invokeArn: string;

  /** Seconds after which a call is ended. */
  readonly timeoutSeconds: number;

  /** Lets a service or a principal call the alias. @param id - names the grant within the function. */
  grantInvoke(id: string, invoker: Invoker): void;
}

/** What a function that is there already is known by. */
export interface FunctionAttributes {
  /** Name of the function, e.g. `functionName` of its stack's contract. */
  readonly functionName: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /**
   * Name of the alias that callers use.
   *
   * @default "live"
   */
  readonly aliasName?: string;

  /**
   * Seconds after which a call is ended, 1 to 900.
   *
   * @default 10
   */
  readonly timeoutSeconds?: number;
}

/** A function of another stack, or of another make. */
export class ImportedFunction extends Construct implements IFunction {
  /** Name of the function. */
  readonly functionName: string;
  /** ARN of the function. */
  readonly functionArn: string;
  /** Name of the alias that callers use. */
  readonly aliasName: string;
  /** ARN of the alias: what callers invoke. */
  readonly aliasArn: string;
  /** What an API's integration takes for the alias. */
  readonly invokeArn: string;
  /** Seconds after which a call is ended. */
  readonly timeoutSeconds: number;
  private readonly account: string;

  /** @throws SynthError with every fault of the attributes. */
  constructor(scope: Construct, id: string, attributes: FunctionAttributes) {
    super(scope, id);
    const faults = attributeFaults(attributes);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { functionName, region, account, aliasName = "live", timeoutSeconds = 10 } = attributes;
    const partition = partitionOf(region);
    this.functionName = functionName;
    this.account = account;
    this.aliasName = aliasName;
    this.timeoutSeconds = timeoutSeconds;
    this.functionArn = `arn:${partition}:lambda:${region}:${account}:function:${functionName}`;
    this.aliasArn = `${this.functionArn}:${aliasName}`;
    this.invokeArn = `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${this.aliasArn}/invocations`;
  }

  /** Lets a service or a principal call the alias. @param id - names the grant within the function. */
  grantInvoke(id: string, invoker: Invoker): void {
    invokePermission(this, id, this, this.account, invoker);
  }
}

/**
 * The permission by which somebody calls the alias of a function.
 *
 * @throws SynthError when the invoker is none, or could be a stranger.
 */
export function invokePermission(
  scope: Construct,
  id: string,
  target: Pick<IFunction, "functionName" | "aliasName">,
  ownAccount: string,
  invoker: Invoker,
): LambdaPermission {
  const faults = invokerFaults(invoker);
  if (faults.length > 0) throw new SynthError(scope, faults);
  const account = "service" in invoker ? sourceAccountOf(invoker, ownAccount) : undefined;
  return new LambdaPermission(scope, `invoke-${id}`, {
    action: "lambda:InvokeFunction",
    functionName: target.functionName,
    qualifier: target.aliasName,
    ...("service" in invoker
      ? {
          principal: invoker.service,
          sourceArn: invoker.sourceArn,
          ...(account === undefined ? {} : { sourceAccount: account }),
        }
      : { principal: "arn" in invoker ? invoker.arn : invoker.account }),
  });
}

function attributeFaults({
  functionName,
  account,
  timeoutSeconds = 10,
}: FunctionAttributes): readonly Fault[] {
  const faults: Fault[] = functionName.includes("${") ? [] : [...nameFaults(FUNCTION_NAME, functionName)];
  if (!account.includes("${") && !/^\d{12}$/.test(account)) {
    faults.push({
      what: `account ${JSON.stringify(account)} has not 12 digits`,
      instead: 'use e.g. "123456789012"',
    });
  }
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > 900) {
    faults.push({
      what: `timeoutSeconds is ${timeoutSeconds}`,
      instead: "use a whole number of 1 to 900, e.g. 10",
    });
  }
  return faults;
}
