import { type Static, type TObject, type TSchema, Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";
import { schemaCheck } from "../input/schema";

/** What `groundplan runner` reads of the fleet's function, and prints with `--json`. */

const optional = Type.Optional;
const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const TEXTS = Type.Array(TEXT);
const COUNT = Type.Integer({ minimum: 0 });
const TIME = Type.String({ description: "ISO 8601 in UTC" });
const oneOf = <T extends string>(...values: readonly T[]) =>
  Type.Union(values.map((value) => Type.Literal(value)));

const ID = Type.Union([COUNT, NAME], {
  description: "GitHub's id; with the owner before it, where that is a further one",
});
const RUNNER = Type.Object({ id: ID, name: TEXT, online: Type.Boolean(), busy: Type.Boolean() });

const INSTANCES = {
  instances: Type.Array(
    Type.Object({
      id: NAME,
      pool: TEXT,
      state: oneOf("starting", "idle", "busy", "silent"),
      launchedAt: TIME,
      keep: Type.Boolean({ description: "its tag keep holds it" }),
      runner: optional(RUNNER),
      marked: optional(
        Type.Object({ reason: TEXT, since: TIME }, { description: "why it ends when it is seen so again" }),
      ),
    }),
  ),
  runners: Type.Array(RUNNER, { description: "runners of the fleet that have no instance" }),
};

const POOLS = {
  pools: Type.Array(
    Type.Object({
      name: NAME,
      labels: TEXTS,
      max: COUNT,
      starting: COUNT,
      idle: COUNT,
      busy: COUNT,
      silent: Type.Integer({ minimum: 0, description: "whose runner should be online by now" }),
      waiting: Type.Integer({ minimum: 0, description: "jobs in GitHub's queue that are the pool's" }),
    }),
  ),
};

const RETIRED = { instance: NAME, outcome: oneOf("ended", "gone", "kept", "busy") };

const STARTED = {
  pool: NAME,
  outcome: oneOf("ordered", "grown", "full", "unknown"),
};

const FINDING = Type.Object({
  check: NAME,
  level: oneOf("ok", "warn", "fail"),
  found: TEXT,
  instead: optional(TEXT),
});

const NEEDS = Type.Object({
  findings: Type.Array(FINDING),
  pools: Type.Array(
    Type.Object({
      name: NAME,
      max: COUNT,
      spot: Type.Boolean(),
      instanceTypes: TEXTS,
      launchTemplateId: NAME,
    }),
  ),
});

const checked = <T extends TSchema>(schema: T) => schemaCheck<Static<T>>(schema);

/** Checks what the function answers. @throws InputError for what is of another form. */
export const asInstances = checked(Type.Object(INSTANCES));
export const asPools = checked(Type.Object(POOLS));
export const asStarted = checked(Type.Object(STARTED));
export const asRetired = checked(Type.Object(RETIRED));
export const asNeeds = checked(NEEDS);

/** What a pool runs on. */
export type PoolNeeds = Static<typeof NEEDS>["pools"][number];

const ENVIRONMENT = { environment: NAME };

/** What the commands print with `--json`, by the name of the schema's file. */
export const RUNNER_FORMATS: Readonly<Record<string, TObject>> = {
  "runner-list": documentSchema("groundplan.runner.list", "The instances of a fleet, and their runners.", {
    ...ENVIRONMENT,
    ...INSTANCES,
  }),
  "runner-status": documentSchema("groundplan.runner.status", "The pools of a fleet, and what is in them.", {
    ...ENVIRONMENT,
    ...POOLS,
  }),
  "runner-retire": documentSchema("groundplan.runner.retire", "What became of an instance.", {
    ...ENVIRONMENT,
    ...RETIRED,
  }),
  "runner-start": documentSchema("groundplan.runner.start", "Whether an instance more was started.", {
    ...ENVIRONMENT,
    ...STARTED,
  }),
  "runner-doctor": documentSchema("groundplan.runner.doctor", "Whether the runners can do their work.", {
    ...ENVIRONMENT,
    ok: Type.Boolean(),
    findings: Type.Array(FINDING),
  }),
};
