import { Token } from "cdktf";
import type { Fault } from "../core/errors";
import { namesSecret } from "../core/variables";

/** A secret's value: one key of a JSON secret, or the whole of it. */
export interface SecretReference {
  /** ARN of a secret of Secrets Manager, or of an SSM parameter. */
  readonly arn: string;

  /**
   * Key of the secret's JSON document.
   *
   * @default - the whole text
   */
  readonly key?: string;
}

/** Properties of the container of a task. */
export interface ContainerProps {
  /** Name of the container, 1 to 255 letters, digits, - and _, e.g. `app`. */
  readonly name: string;

  /** Image with its tag or digest. */
  readonly image: string;

  /**
   * Port that it listens on, 1 to 65535.
   *
   * @default - none: nobody calls it
   */
  readonly port?: number;

  /**
   * Command in place of the image's.
   *
   * @default - the image's
   */
  readonly command?: readonly string[];

  /**
   * Entry point in place of the image's.
   *
   * @default - the image's
   */
  readonly entryPoint?: readonly string[];

  /** Variables of its environment; values are no secrets, for a plan and the console show them. */
  readonly environment?: Readonly<Record<string, string>>;

  /** Variables whose values ECS reads when a task starts: they stand in no plan, state or task definition. */
  readonly secrets?: Readonly<Record<string, SecretReference>>;

  /**
   * User that runs it, e.g. `1000:1000`.
   *
   * @default - the image's
   */
  readonly user?: string;

  /**
   * Mounts the image read-only. What it writes must then lie on a volume.
   *
   * @default true
   */
  readonly readOnlyRootFilesystem?: boolean;

  /**
   * Command that tells within the container whether it is well, e.g. `["CMD-SHELL", "curl -f http://localhost/ || exit 1"]`.
   *
   * @default - none: the load balancer's check decides
   */
  readonly healthCheck?: ContainerHealthCheck;

  /**
   * Seconds from the request to stop until it is killed, 2 to 120.
   *
   * @default 30
   */
  readonly stopTimeoutSeconds?: number;
}

/** A check that ECS runs in the container. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
export interface ContainerHealthCheck {
  /** `CMD` and arguments, or `CMD-SHELL` and a line of shell. */
  readonly command: readonly string[];

  /** Seconds between two checks, 5 to 300. @default 30 */
  readonly intervalSeconds?: number;

  /** Seconds within which it must answer, 2 to 60. @default 5 */
  readonly timeoutSeconds?: number;

  /** Failures after which it is unhealthy, 1 to 10. @default 3 */
  readonly retries?: number;

  /** Seconds after the start in which failures do not count, 0 to 300. @default 0 */
  readonly startSeconds?: number;
}

/** Where a container logs to. */
export interface ContainerLogs {
  /** Name of the log group. */
  readonly groupName: string;

  /** AWS Region of the group. */
  readonly region: string;
}

/** A container in the words of ECS. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export function containerDefinition(props: ContainerProps, logs: ContainerLogs): object {
  const { port, command, entryPoint, user, healthCheck } = props;
  return {
    name: props.name,
    image: props.image,
    essential: true,
    // ECS writes these three empty lists back: without them the second plan would replace the task definition.
    portMappings: port === undefined ? [] : [{ containerPort: port, hostPort: port, protocol: "tcp" }],
    environment: Object.entries(props.environment ?? {})
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => ({ name, value })),
    secrets: Object.entries(props.secrets ?? {})
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, reference]) => ({ name, valueFrom: valueFrom(reference) })),
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...(command === undefined ? {} : { command }),
    ...(entryPoint === undefined ? {} : { entryPoint }),
    ...(user === undefined ? {} : { user }),
    readonlyRootFilesystem: props.readOnlyRootFilesystem ?? true,
    linuxParameters: { initProcessEnabled: true },
    stopTimeout: props.stopTimeoutSeconds ?? 30,
    ...(healthCheck === undefined
      ? {}
      : {
          healthCheck: {
            command: healthCheck.command,
            interval: healthCheck.intervalSeconds ?? 30,
            timeout: healthCheck.timeoutSeconds ?? 5,
            retries: healthCheck.retries ?? 3,
            startPeriod: healthCheck.startSeconds ?? 0,
          },
        }),
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": logs.groupName,
        "awslogs-region": logs.region,
        "awslogs-stream-prefix": props.name,
        // A full buffer loses lines, and does not stop the container.
        mode: "non-blocking",
        "max-buffer-size": "4m",
      },
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html */
function valueFrom({ arn, key }: SecretReference): string {
  return key === undefined ? arn : `${arn}:${key}::`;
}

/** Both kinds of secret, with what may follow the name of a secret: key, stage and version. */
const SECRET_ARN =
  /^arn:aws[a-z-]*:(?:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+|ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]+)$/;

/** The secret that a text of the form `<ARN>[:KEY:STAGE:VERSION]` names, as ECS takes it; stage and version are the current ones. */
export function parseSecretReference(text: string): SecretReference | undefined {
  const [, arn, key] =
    /^(arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:secret:[^:]*|parameter\/[^:]*))(?::([^:]*)::)?$/.exec(text) ?? [];
  if (arn === undefined || !SECRET_ARN.test(arn)) return undefined;
  return key === undefined || key === "" ? { arn } : { arn, key };
}

/** Every fault of a container's properties; what only Terraform will know is not judged. */
export function containerFaults(props: ContainerProps): readonly Fault[] {
  const { port, environment = {}, secrets = {}, stopTimeoutSeconds = 30, healthCheck, image } = props;
  const faults: Fault[] = [];
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(props.name)) {
    faults.push({
      what: `container name ${JSON.stringify(props.name)} may hold only letters, digits, - and _`,
      instead: 'use e.g. "app"',
    });
  }
  if (!Token.isUnresolved(image) && !/^[\w][\w./:@-]*$/.test(image)) {
    faults.push({
      what: `image ${JSON.stringify(image)} is not the name of an image`,
      instead: 'use e.g. "nginx:1.29"',
    });
  }
  if (port !== undefined) whole("port", port, 1, 65_535, 8080);
  whole("stopTimeoutSeconds", stopTimeoutSeconds, 2, 120, 30);
  if (healthCheck) {
    whole("healthCheck.intervalSeconds", healthCheck.intervalSeconds ?? 30, 5, 300, 30);
    whole("healthCheck.timeoutSeconds", healthCheck.timeoutSeconds ?? 5, 2, 60, 5);
    whole("healthCheck.retries", healthCheck.retries ?? 3, 1, 10, 3);
    whole("healthCheck.startSeconds", healthCheck.startSeconds ?? 0, 0, 300, 30);
  }
  for (const name of [...Object.keys(environment), ...Object.keys(secrets)]) {
    if (/^[A-Za-z_]\w*$/.test(name)) continue;
    faults.push({
      what: `variable ${JSON.stringify(name)} may hold only letters, digits and _, no digit first`,
      instead: 'use e.g. "LOG_LEVEL"',
    });
  }
  for (const name of Object.keys(environment)) {
    if (Object.hasOwn(secrets, name)) {
      faults.push({
        what: `variable ${name} stands in environment and in secrets`,
        instead: "keep one of them",
      });
    } else if (namesSecret(name)) {
      faults.push({
        what: `variable ${name} says that it holds a secret, which a plan and the console would show`,
        instead: `write the value into Secrets Manager, and its ARN into secrets: { ${name}: { arn: "arn:aws:secretsmanager:…" } }`,
      });
    }
  }
  for (const [name, { arn }] of Object.entries(secrets)) {
    if (Token.isUnresolved(arn) || SECRET_ARN.test(arn)) continue;
    faults.push({
      // Its text is not shown: it may be the secret itself.
      what: `secret ${name} is not the ARN of a secret or of an SSM parameter`,
      instead: 'use e.g. "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf"',
    });
  }
  return faults;

  function whole(what: string, value: number, least: number, most: number, example: number): void {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    faults.push({
      what: `${what} is ${value}`,
      instead: `use a whole number of ${least} to ${most}, e.g. ${example}`,
    });
  }
}
