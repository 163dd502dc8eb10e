import { type TSchema, Type } from "@sinclair/typebox";
import { AMI_FORMATS } from "../artifact/ami/formats";
import { IMAGE_FORMATS } from "../artifact/image/formats";
import { REPORT_SCHEMA } from "../comment/schema";
import { documentSchema } from "../console/document";
import { COST_SCHEMA, REFRESH_SCHEMA } from "../cost/result";
import { DELIVERY_FORMATS } from "../delivery/formats";
import { GITOPS_FORMATS } from "../gitops/formats";
import { NOTIFY_FORMATS } from "../notify/formats";
import { DASHBOARD_FORMATS } from "../preview/dashboard/format";
import { PREVIEW_FORMATS } from "../preview/view";
import { RUNNER_FORMATS } from "../runner/formats";
import { SCAN_SCHEMA } from "../scan/format";
import { STATE_FORMATS } from "../state/formats";
import { ARTIFACT_FORMATS } from "./artifact";
import { LOCAL_FORMATS } from "./local";
import { SETUP_FORMATS } from "./setup";

/**
 * What the commands print with `--json`. `npm run derive` writes each as a JSON Schema into `schemas/`, which is published.
 * A reader tolerates keys that it does not know.
 */

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const TEXTS = Type.Array(TEXT);
const COUNT = Type.Integer({ minimum: 0 });
const SECONDS = Type.Number({ minimum: 0 });
const TIME = Type.String({ description: "ISO 8601 in UTC" });
const optional = Type.Optional;
const oneOf = <T extends string>(...values: readonly T[]) =>
  Type.Union(values.map((value) => Type.Literal(value)));

const STACK_NAME = { name: NAME, environment: optional(NAME), unit: TEXT };

const LISTED = Type.Object({
  ...STACK_NAME,
  dependencies: TEXTS,
  accounts: TEXTS,
  region: optional(TEXT),
  resources: COUNT,
  state: Type.Object({
    backend: NAME,
    bucket: optional(TEXT),
    key: optional(TEXT),
    written: optional(Type.Union([TIME, Type.Null()])),
    unseen: optional(TEXT),
  }),
});

const list = documentSchema("groundplan.list", "The stacks of an app, upstream first.", {
  stacks: Type.Array(LISTED),
});

const graph = documentSchema("groundplan.graph", "The stacks of an app, and which is deployed after which.", {
  stacks: Type.Array(LISTED),
  edges: Type.Array(Type.Object({ from: NAME, to: NAME, reads: TEXTS })),
});

const affected = documentSchema("groundplan.affected", "The stacks that a change touches, and why.", {
  base: TEXT,
  mergeBase: optional(TEXT),
  everything: optional(Type.Object({ side: oneOf("base", "head", "history"), reason: TEXT })),
  stacks: Type.Array(
    Type.Object({
      ...STACK_NAME,
      change: oneOf("changed", "added", "removed", "downstream"),
      reasons: TEXTS,
      elements: Type.Array(
        Type.Object({
          address: NAME,
          change: oneOf("added", "removed", "changed"),
          arguments: optional(TEXTS),
        }),
      ),
      upstream: TEXTS,
    }),
  ),
  unaffected: TEXTS,
});

const COUNTS = Type.Object({
  create: COUNT,
  update: COUNT,
  replace: COUNT,
  delete: COUNT,
  forget: COUNT,
  import: COUNT,
  move: COUNT,
  drift: COUNT,
  outputs: COUNT,
});

const FILES = { json: optional(TEXT), text: optional(TEXT), error: optional(TEXT), saved: optional(TEXT) };

/** What every run of Terraform says of itself. */
const RUN = {
  groundplan: TEXT,
  terraform: TEXT,
  app: TEXT,
  commit: optional(TEXT),
  modified: Type.Boolean(),
  started: TIME,
  seconds: SECONDS,
};

const plan = documentSchema("groundplan.plan", "A run of groundplan plan: its summary.json.", {
  ...RUN,
  scope: Type.Union([
    Type.Object({ kind: Type.Literal("all") }),
    Type.Object({ kind: Type.Literal("named"), names: TEXTS }),
    Type.Object({
      kind: Type.Literal("affected"),
      base: TEXT,
      mergeBase: optional(TEXT),
      everything: optional(TEXT),
    }),
  ]),
  shard: optional(
    Type.Object(
      { number: COUNT, of: COUNT, elsewhere: Type.Array(Type.Object(STACK_NAME)) },
      { description: "which part of the scope it is, when several jobs plan it" },
    ),
  ),
  promotion: optional(TEXTS),
  outcome: oneOf("complete", "interrupted", "failed"),
  failure: optional(Type.Object({ message: TEXT })),
  stacks: Type.Array(
    Type.Object({
      ...STACK_NAME,
      dependencies: TEXTS,
      status: oneOf("changed", "unchanged", "deferred", "failed", "interrupted"),
      counts: optional(COUNTS),
      deferred: optional(
        Type.Object({
          on: TEXTS,
          why: oneOf("upstream-not-deployed", "upstream-changes", "upstream-deferred", "upstream-failed"),
          reads: TEXTS,
          message: TEXT,
        }),
      ),
      error: optional(Type.Object({ phase: oneOf("init", "plan", "show"), message: TEXT, addresses: TEXTS })),
      affected: optional(Type.Object({ change: oneOf("changed", "added", "downstream"), reasons: TEXTS })),
      seconds: SECONDS,
      files: Type.Object(FILES),
    }),
  ),
  left: TEXTS,
  removed: Type.Array(Type.Object({ ...STACK_NAME, resources: TEXTS })),
});

/** A run that applies or destroys. @param done - status of a stack to which that is done. */
const applied = (done: "applied" | "destroyed") => ({
  ...RUN,
  reviewed: optional(TEXT),
  environments: TEXTS,
  outcome: oneOf("running", "complete", "incomplete", "interrupted"),
  stacks: Type.Array(
    Type.Object({
      ...STACK_NAME,
      dependencies: TEXTS,
      status: oneOf(
        "waiting",
        "running",
        done,
        "unchanged",
        "refused",
        "awaiting-approval",
        "deferred",
        "failed",
        "skipped",
        "interrupted",
      ),
      message: optional(TEXT),
      counts: optional(COUNTS),
      differences: optional(TEXTS),
      digest: optional(TEXT),
      done: optional(TEXTS),
      left: optional(TEXTS),
      seconds: SECONDS,
      files: Type.Object({ ...FILES, log: optional(TEXT) }),
    }),
  ),
});

const apply = documentSchema(
  "groundplan.apply",
  "A run of groundplan apply: its summary.json.",
  applied("applied"),
);
const destroy = documentSchema(
  "groundplan.destroy",
  "A run of groundplan destroy: its summary.json.",
  applied("destroyed"),
);

const doctor = documentSchema("groundplan.doctor", "What is missing on a machine and in an account.", {
  ok: Type.Boolean(),
  findings: Type.Array(
    Type.Object({ check: NAME, level: oneOf("ok", "warn", "fail"), found: TEXT, instead: optional(TEXT) }),
  ),
});

/** What bounds a report that a stranger may have written (comment/schema.ts), and says nothing of what is in it. */
const BOUNDS = ["additionalProperties", "maxItems", "maximum", "maxLength", "maxProperties", "pattern"];

/** A schema without its bounds: a reader takes what a later version adds. */
function unbounded(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(unbounded);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      BOUNDS.includes(key) ? [] : [[key, unbounded(value)] as const],
    ),
  );
}

const report = Type.Unsafe<object>({
  ...(unbounded(REPORT_SCHEMA) as object),
  title: "groundplan.report",
  description: "What a plan means: groundplan report --format json.",
});

const drift = documentSchema("groundplan.drift", "What has drifted, environment by environment.", {
  environments: Type.Array(
    Type.Object({
      environment: Type.String({ description: "empty for stacks of none" }),
      kind: oneOf("drifted", "none", "unknown"),
      report,
    }),
  ),
});

/** The documents, by the name of the schema's file. */
export const FORMATS: Readonly<Record<string, TSchema>> = {
  affected,
  apply,
  cost: COST_SCHEMA,
  "cost-refresh": REFRESH_SCHEMA,
  destroy,
  doctor,
  drift,
  graph,
  list,
  plan,
  report,
  ...ARTIFACT_FORMATS,
  ...LOCAL_FORMATS,
  ...SETUP_FORMATS,
  scan: SCAN_SCHEMA,
  ...GITOPS_FORMATS,
  ...NOTIFY_FORMATS,
  ...IMAGE_FORMATS,
  ...AMI_FORMATS,
  ...STATE_FORMATS,
  ...DELIVERY_FORMATS,
  ...PREVIEW_FORMATS,
  ...DASHBOARD_FORMATS,
  ...RUNNER_FORMATS,
};

/** The documents of those commands that print none of their own name. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  "artifact build": ["artifact-build", "image-build"],
  "artifact current": ["artifact-current", "image-current"],
  "artifact list": ["artifact-list", "image-list"],
  "artifact promote": ["artifact-deploy", "image-pin"],
  "artifact prune": ["artifact-prune", "image-prune"],
  "artifact publish": ["artifact-publish", "image-publish"],
  "artifact rollback": ["artifact-deploy", "image-pin"],
  "gitops analyze": ["gitops-analysis"],
  "gitops promote-canary": ["gitops-promotion"],
  "gitops revert": ["gitops-image"],
  "gitops set-image": ["gitops-image"],
  "image build": ["ami-build"],
  "image cost": ["ami-cost"],
  "image list": ["ami-list"],
  "image names": ["ami-names"],
  "image prune": ["ami-prune", "ami-sweep"],
  "image publish": ["ami-publish"],
  "image release-notes": ["ami-notes", "ami-manifest"],
  "image resume": ["ami-build"],
  "image share": ["ami-share"],
  "image test": ["ami-test"],
  "image validate": ["ami-validate"],
  "local cluster status": ["local-cluster"],
  "local cluster up": ["local-cluster"],
  "local list": ["local-snapshots"],
  "local status": ["local"],
  "local up": ["local"],
  lock: ["lock", "lock-check"],
  "new app": ["new"],
  "new environment": ["new"],
  "new service": ["new"],
  "new stack": ["new"],
  "notify pagerduty": ["notify"],
  "notify slack": ["notify"],
  "preview create": ["preview"],
  "preview extend": ["preview"],
  "preview sleep": ["preview"],
  "preview wake": ["preview"],
  "state show": ["state"],
};

/** The documents that a command prints, by the command's words after `groundplan`. */
export function formatsOf(command: string): readonly string[] {
  return SHARED[command] ?? [command.replaceAll(" ", "-")];
}
