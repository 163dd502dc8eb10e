import type { BeforeTraffic } from "../artifact/deployable";
import type { Fault } from "../core/errors";
import { nameFaults } from "../core/names";
import { namesSecret } from "../core/variables";
import { type FunctionAlarmSettings, functionAlarmFaults } from "../observability/function-alarm-settings";
import { retentionFaults } from "../observability/retention";
import { codeFaults, type FunctionCode, isImage } from "./function-code";
import { FUNCTION_NAME } from "./names";
import { type ProvisionedConcurrencySettings, provisionedFaults } from "./provisioned-concurrency";
import { DEFAULT_RUNTIME, runtimeFaults } from "./runtimes";

/** Properties of `ArtifactFunction`. */
export interface ArtifactFunctionProps {
  /** Name of the function, 1 to 64 characters, e.g. `groundplan-dev-api`. */
  readonly functionName: string;

  /** What it does, in a sentence. */
  readonly description: string;

  /** AWS Region, for names in policies. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** The code: what `artifactPin` reads, or an image by its digest. */
  readonly artifact: FunctionCode;

  /**
   * ARNs of versions of layers, at most 5; none with an image.
   *
   * @default - none
   */
  readonly layers?: readonly string[];

  /**
   * File and export that handle an event; an image says it itself.
   *
   * @default "index.handler"
   */
  readonly handler?: string;

  /**
   * Runtime of Lambda. One that is deprecated fails the synth; one that soon will be, or that is not known, warns.
   *
   * @default "nodejs22.x"
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
   */
  readonly runtime?: string;

  /**
   * Processor. ARM costs a fifth less for the same time.
   *
   * @default "arm64"
   */
  readonly architecture?: "arm64" | "x86_64";

  /**
   * Memory in MB, 128 to 10240; the processor grows with it.
   *
   * @default 256
   */
  readonly memoryMb?: number;

  /**
   * Seconds after which a call is ended, 1 to 900.
   *
   * @default 10
   */
  readonly timeoutSeconds?: number;

  /**
   * Variables of the function's environment, 4 KB together with the two that Groundplan adds; values are no secrets, for
   * a plan shows them.
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * Calls at once that this function may and can have: taken from the account's, and never more.
   * `-1` shares what the account has left.
   *
   * @default -1
   */
  readonly reservedConcurrency?: number;

  /**
   * Instances that are kept warm for the alias, and billed by the hour: a number, or a range that follows how busy they are.
   *
   * @default - none: the first calls wait for a start
   */
  readonly provisionedConcurrency?: ProvisionedConcurrencySettings;

  /**
   * Subnets and security groups in which it runs.
   *
   * @default - outside of any VPC
   */
  readonly vpc?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };

  /**
   * Where asynchronous events go that failed twice: a queue made here (`own`), a given one, or nowhere (`none`).
   *
   * @default "own"
   */
  readonly deadLetters?: "own" | "none" | { readonly queueArn: string };

  /**
   * Traces calls by X-Ray.
   *
   * @default true
   */
  readonly tracing?: boolean;

  /**
   * Days for which its logs are kept, one of those that CloudWatch Logs offers.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;

  /**
   * The least that is kept of what the code logs.
   *
   * @default "INFO"
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
   */
  readonly logLevel?: LogLevel;

  /**
   * KMS key that encrypts logs, variables and dead letters.
   *
   * @default - the services' own
   */
  readonly kmsKeyArn?: string;

  /**
   * What a new version has to pass before any caller gets it: `groundplan artifact deploy` and `promote` call it with an
   * event, or ask a function that decides, and go back when it is refused.
   *
   * @default - nothing: callers get it at once, or step by step
   */
  readonly beforeTraffic?: BeforeTraffic;

  /** Thresholds of the alarms, and whom they tell. */
  readonly alarms?: FunctionAlarmSettings;

  /**
   * Day on which the end of the runtime is judged. It decides on warnings only: what is synthesized never depends on it.
   *
   * @default - now
   */
  readonly today?: Date;
}

/** Bytes that Lambda has for all variables, keys and values. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const VARIABLE_BYTES = 4096;

/** Bytes of those that Groundplan adds: `ARTIFACT_SHA256` with 64 and `ARTIFACT_COMMIT` with 40 characters. */
const OWN_BYTES = 15 + 64 + 15 + 40;

/** How grave a line of a log is. */
export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";

/** Variables that Lambda sets itself and refuses to take. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED =
  /^(?:AWS_(?:REGION|DEFAULT_REGION|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|EXECUTION_ENV|LAMBDA_.*)|_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_(?:TASK_ROOT|RUNTIME_DIR))$/;

/** The faults of a function's properties. */
export function functionFaults(props: ArtifactFunctionProps): readonly Fault[] {
  const { memoryMb = 256, timeoutSeconds = 10, reservedConcurrency = -1, logRetentionDays = 30 } = props;
  const faults: Fault[] = [...nameFaults(FUNCTION_NAME, props.functionName)];
  const whole = (what: string, value: number, least: number, most: number, example: number) => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    faults.push({
      what: `${what} is ${value}`,
      instead: `use a whole number of ${least} to ${most}, e.g. ${example}`,
    });
  };
  whole("memoryMb", memoryMb, 128, 10_240, 256);
  whole("timeoutSeconds", timeoutSeconds, 1, 900, 10);
  whole("reservedConcurrency", reservedConcurrency, -1, 1_000_000, 10);
  faults.push(...retentionFaults("logRetentionDays", logRetentionDays));
  faults.push(...codeFaults(props));
  if (!isImage(props.artifact)) faults.push(...runtimeFaults(props.runtime ?? DEFAULT_RUNTIME));
  if (isImage(props.artifact) && props.beforeTraffic !== undefined) {
    faults.push({
      what: "beforeTraffic is set, and no pin leads to an image: its callers get a new version with the apply",
      instead: "leave it out, or pin a zip",
    });
  }
  if (props.provisionedConcurrency !== undefined) {
    faults.push(...provisionedFaults(props.provisionedConcurrency, reservedConcurrency));
  }
  if (props.description.length > 256) {
    faults.push({
      what: `description has ${props.description.length} characters, and Lambda takes 256`,
      instead: "use a sentence",
    });
  }
  if (props.vpc && (props.vpc.subnetIds.length > 16 || props.vpc.securityGroupIds.length > 5)) {
    faults.push({
      what: `vpc has ${props.vpc.subnetIds.length} subnets and ${props.vpc.securityGroupIds.length} security groups, and Lambda takes 16 and 5`,
      instead: "give fewer, e.g. one subnet for each zone",
    });
  }
  if (props.vpc && (props.vpc.subnetIds.length === 0 || props.vpc.securityGroupIds.length === 0)) {
    faults.push({
      what: "vpc has no subnets or no security groups",
      instead: "give one or more of both, or leave vpc out",
    });
  }
  faults.push(
    ...variableFaults(props.environment ?? {}),
    ...functionAlarmFaults(props.alarms ?? {}, timeoutSeconds),
  );
  return faults;
}

function variableFaults(environment: Readonly<Record<string, string>>): readonly Fault[] {
  // What only Terraform knows is not counted.
  const known = Object.entries(environment).flatMap(([name, value]) => [
    name,
    value.includes("${") ? "" : value,
  ]);
  const bytes = OWN_BYTES + Buffer.byteLength(known.join(""));
  const large: readonly Fault[] =
    bytes <= VARIABLE_BYTES
      ? []
      : [
          {
            what: `the variables have ${bytes} bytes, and Lambda takes ${VARIABLE_BYTES}`,
            instead:
              "keep what is long in an SSM parameter, and let the function read it (grantReadParameters)",
          },
        ];
  return [...large, ...nameFaultsOf(environment)];
}

function nameFaultsOf(environment: Readonly<Record<string, string>>): readonly Fault[] {
  return Object.keys(environment).flatMap((name): Fault[] => {
    if (!/^[A-Za-z]\w+$/.test(name)) {
      return [
        {
          what: `variable ${JSON.stringify(name)} may hold only letters, digits and _, a letter first, 2 or more`,
          instead: 'use e.g. "LOG_LEVEL"',
        },
      ];
    }
    if (RESERVED.test(name)) {
      return [{ what: `variable ${name} is set by Lambda itself`, instead: "use another name" }];
    }
    if (namesSecret(name)) {
      return [
        {
          what: `variable ${name} says that it holds a secret, which a plan and the console would show`,
          instead: `give the ARN of a secret, e.g. as ${name}_ARN, and let the function read it (grantReadSecret)`,
        },
      ];
    }
    return [];
  });
}
