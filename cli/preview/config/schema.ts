import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { TTL_FORM } from "../duration";

/**
 * What a repository says of its previews: `.idp/config.yml`. `npm run derive` publishes it as `cli/preview-config.schema.json`,
 * which editors use.
 *
 * To add a key is to add a property here, with a description and an example: an error shows both.
 */

const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);

/** CPU units that Fargate has, and the memory in MiB for each of them. */
export const FARGATE_SIZES: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, range(1024, 4096, 1024)],
  [1024, range(2048, 8192, 1024)],
  [2048, range(4096, 16_384, 1024)],
  [4096, range(8192, 30_720, 1024)],
  [8192, range(16_384, 61_440, 4096)],
  [16_384, range(32_768, 122_880, 8192)],
]);

function range(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}

/** Days for which CloudWatch Logs keeps what is written. */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90] as const;

/** Name of a variable of the environment. */
const VARIABLE = "^[A-Za-z_][A-Za-z0-9_]{0,254}$";

/** A path in the repository: it leads nowhere else. */
const PATH = "^(?!/)(?!.*(?:^|/)\\.\\.(?:/|$))[A-Za-z0-9._/ @+-]{1,200}$";

const TIME_ZONE = Type.String({
  pattern: "^[A-Za-z0-9_+/-]{1,64}$",
  description: "time zone, by its name in the IANA list",
  examples: ["Europe/Paris"],
});

/** What of a sleeping preview is set. */
const SLEEP = Type.Object(
  {
    idle: optional(
      Type.String({
        pattern: TTL_FORM,
        description: "time without a request after which a preview sleeps, a number with m, h or d",
        examples: ["60m"],
      }),
    ),
    hours: optional(
      Type.String({
        pattern: "^(?:[01]\\d|2[0-3]):[0-5]\\d-(?:[01]\\d|2[0-3]):[0-5]\\d$",
        description: "time of the working days at which it is awake; it sleeps at all others",
        examples: ["08:00-19:00"],
      }),
    ),
    timezone: optional(TIME_ZONE),
  },
  { additionalProperties: false, description: "when a preview sleeps", examples: [{ idle: "60m" }] },
);

const SCHEDULE = Type.Object(
  {
    expression: Type.String({
      pattern: "^(?:rate|cron)\\([A-Za-z0-9 ,*?/#-]{1,200}\\)$",
      description: "when a task is started, as EventBridge Scheduler writes it",
      examples: ["rate(1 hour)", "cron(0 6 ? * MON-FRI *)"],
    }),
    timezone: optional(TIME_ZONE),
  },
  {
    additionalProperties: false,
    description: "when a scheduled worker is started",
    examples: [{ expression: "rate(1 hour)" }],
  },
);

/** The schema of the file. */
export const CONFIG_SCHEMA = Type.Object(
  {
    template: optional(
      Type.String({
        pattern: "^[a-z][a-z0-9-]{0,49}$",
        description: "which template a preview is made of",
        examples: ["api-service", "api-database", "scheduled-worker"],
        default: "api-service",
      }),
    ),
    image: optional(
      Type.String({
        pattern: "^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,499}$",
        description: "image that runs where the repository has no Dockerfile",
        examples: ["nginx:alpine"],
        default: "nginx:alpine",
      }),
    ),
    container_port: optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: "port on which the container listens, 1 to 65535",
        examples: [3000],
        default: 80,
      }),
    ),
    ttl: optional(
      Type.String({
        pattern: TTL_FORM,
        description: "how long a preview lives after its last push, 15m to 90d: a number with m, h, d or w",
        examples: ["7d"],
        default: "7d",
      }),
    ),
    cpu: optional(
      Type.Union(
        [256, 512, 1024, 2048, 4096, 8192, 16_384].map((cpu) => Type.Literal(cpu)),
        { description: "CPU units of a task, of which 1024 are one vCPU", examples: [256], default: 256 },
      ),
    ),
    memory: optional(
      Type.Integer({
        minimum: 512,
        maximum: 122_880,
        description: "memory of a task in MiB: what Fargate has for its CPU units",
        examples: [512],
        default: 512,
      }),
    ),
    log_retention_days: optional(
      Type.Union(
        RETENTIONS.map((days) => Type.Literal(days)),
        { description: "days for which logs are kept", examples: [3], default: 3 },
      ),
    ),
    desired_count: optional(
      Type.Integer({
        minimum: 1,
        maximum: 10,
        description: "tasks that run, 1 to 10",
        examples: [1],
        default: 1,
      }),
    ),
    spot: optional(
      Type.Boolean({
        description:
          "whether tasks run on Fargate Spot, which is about two thirds cheaper and may be interrupted",
        examples: [true],
        default: false,
      }),
    ),
    health_check_path: optional(
      Type.String({
        pattern: "^/[A-Za-z0-9._~/?&=%+-]{0,199}$",
        description: "path that answers 200 to 399 when the service is healthy",
        examples: ["/health"],
        default: "/",
      }),
    ),
    network: optional(
      Type.Union([Type.Literal("shared"), Type.Literal("own")], {
        description:
          "whether a preview is in the shared VPC, or in one of its own for about 69 dollars a month",
        examples: ["shared"],
        default: "shared",
      }),
    ),
    database: optional(
      Type.Union([Type.Literal("none"), Type.Literal("shared"), Type.Literal("own")], {
        description: "whether a preview has no database, one on the shared server, or a server of its own",
        examples: ["shared"],
      }),
    ),
    migrate: optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), {
        minItems: 1,
        maxItems: 50,
        description:
          "command that migrates the database before the service starts, word by word, run in the image",
        examples: [["npm", "run", "migrate"]],
      }),
    ),
    seed: optional(
      Type.String({
        pattern: PATH,
        description:
          "dump that a new database begins with, before it is migrated: SQL or the custom format of pg_dump, plain or with gzip, from the repository's root",
        examples: ["db/seed.sql"],
      }),
    ),
    copy: optional(
      Type.String({
        pattern: "^[a-z](?:-?[a-z0-9])*$",
        maxLength: 40,
        description:
          "source of the platform, of which a new database gets a masked copy before it is migrated",
        examples: ["staging"],
      }),
    ),
    command: optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), {
        minItems: 1,
        maxItems: 50,
        description: "command that runs in place of the image's own, word by word",
        examples: [["node", "worker.js"]],
      }),
    ),
    exec: optional(
      Type.Boolean({
        description: "whether `groundplan preview exec` may open a shell in a task",
        examples: [true],
        default: false,
      }),
    ),
    architecture: optional(
      Type.Union([Type.Literal("X86_64"), Type.Literal("ARM64")], {
        description: "processor for which the image is built",
        examples: ["X86_64"],
        default: "X86_64",
      }),
    ),
    parameters: optional(
      Type.Record(Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_-]{0,63}$" }), Type.Unknown(), {
        additionalProperties: false,
        maxProperties: 50,
        description: "what a template of the team's own takes",
        examples: [{ queue: "orders" }],
      }),
    ),
    schedule: optional(SCHEDULE),
    sleep: optional(SLEEP),
    dockerfile: optional(
      Type.String({
        pattern: PATH,
        description: "Dockerfile, from the repository's root",
        examples: ["Dockerfile"],
        default: "Dockerfile",
      }),
    ),
    build_context: optional(
      Type.String({
        pattern: PATH,
        description: "folder from which the image is built, from the repository's root",
        examples: ["."],
        default: ".",
      }),
    ),
    environment: optional(
      Type.Record(
        Type.String({ pattern: VARIABLE }),
        Type.Union([Type.String({ maxLength: 4000 }), Type.Number(), Type.Boolean()]),
        {
          additionalProperties: false,
          maxProperties: 100,
          description: "variables of the container",
          examples: [{ LOG_LEVEL: "debug" }],
        },
      ),
    ),
    secrets: optional(
      Type.Record(
        Type.String({ pattern: VARIABLE }),
        Type.String({
          pattern:
            "^arn:aws[a-z-]*:(?:secretsmanager:[a-z0-9-]+:\\d{12}:secret:|ssm:[a-z0-9-]+:\\d{12}:parameter/)[A-Za-z0-9/_+=.@:-]{1,600}$",
          description: "ARN of a secret in Secrets Manager, or of a parameter of Systems Manager",
          examples: ["arn:aws:secretsmanager:us-east-1:123456789012:secret:api-key-AbCdEf"],
        }),
        {
          additionalProperties: false,
          maxProperties: 50,
          description: "variables of the container whose values are in Secrets Manager or Systems Manager",
          examples: [{ API_KEY: "arn:aws:secretsmanager:us-east-1:123456789012:secret:api-key-AbCdEf" }],
        },
      ),
    ),
  },
  { title: "Previews of a repository: .idp/config.yml", additionalProperties: false },
);

/** The file as it is written: everything may be absent. */
export type ConfigFile = Readonly<Static<typeof CONFIG_SCHEMA>>;
