import { type TObject, Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";

/** What `groundplan local` prints with `--json`. */

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const PORT = Type.Integer({ minimum: 0, maximum: 65_535 });
const PROCESS = Type.Integer({ minimum: 1, description: "id of the process" });
const optional = Type.Optional;

const local = documentSchema(
  "groundplan.local",
  "The emulator of AWS; without the other keys where none runs.",
  {
    running: Type.Boolean(),
    endpoint: optional(NAME),
    port: optional(PORT),
    pid: optional(PROCESS),
    account: optional(NAME),
    region: optional(NAME),
    startedAt: optional(Type.String({ description: "ISO 8601 in UTC" })),
    persisted: optional(Type.Boolean()),
    stateDirectory: optional(NAME),
    setAside: optional(Type.Array(TEXT)),
    emulators: optional(
      Type.Array(
        Type.Object({
          name: NAME,
          version: TEXT,
          pid: PROCESS,
          healthy: Type.Boolean(),
          requests: Type.Integer({ minimum: 0 }),
          keepsState: Type.Boolean(),
        }),
      ),
    ),
    authority: optional(
      Type.String({ description: "file with the certificate that load balancers' are signed by" }),
    ),
    tasks: optional(
      Type.Object({
        running: Type.Integer({ minimum: 0 }),
        obstacle: optional(Type.String({ description: "why no container runs here" })),
      }),
    ),
    instances: optional(
      Type.Object({
        mode: Type.Union([Type.Literal("entries"), Type.Literal("boot")]),
        ssh: Type.Record(Type.String(), NAME, { description: "where port 22 is reached, by their ids" }),
        obstacle: optional(Type.String({ description: "why no instance boots here" })),
      }),
    ),
    networkNamespace: optional(
      Type.String({ description: "for `nsenter --net=`, once a task, database or instance has run" }),
    ),
    databases: optional(
      Type.Record(Type.String(), NAME, { description: "where they are reached, by their identifiers" }),
    ),
    kept: optional(
      Type.Object(
        {
          port: optional(PORT),
          account: optional(NAME),
          region: optional(NAME),
          instances: optional(Type.Union([Type.Literal("entries"), Type.Literal("boot")])),
        },
        { description: "what the next start is given, unless an option says otherwise" },
      ),
    ),
  },
);

const env = documentSchema("groundplan.local.env", "The variables that point AWS tools to the emulator.", {
  variables: Type.Record(Type.String(), Type.Union([TEXT, Type.Null()]), {
    description: "null for one that is to be unset",
  }),
});

const cluster = documentSchema(
  "groundplan.local.cluster",
  "The Kubernetes cluster of this machine; without the other keys where none runs.",
  {
    running: Type.Boolean(),
    source: optional(
      Type.Union(["kubeconfig", "kind", "k3d", "built"].map((source) => Type.Literal(source))),
    ),
    endpoint: optional(NAME),
    kubernetes: optional(Type.String({ description: "version that the API server tells" })),
    kubeconfig: optional(NAME),
    gitops: optional(Type.Boolean()),
    nodes: optional(
      Type.Object({
        kind: Type.Union([Type.Literal("real"), Type.Literal("kwok")]),
        count: Type.Integer({ minimum: 1 }),
        obstacle: optional(
          Type.String({ description: "why they are simulated, where nobody has asked for that" }),
        ),
        networkNamespace: optional(Type.String({ description: "path of the real node's network namespace" })),
      }),
    ),
    components: optional(Type.Array(Type.Object({ name: NAME, pid: PROCESS, running: Type.Boolean() }))),
  },
);

const snapshots = documentSchema(
  "groundplan.local.snapshots",
  "The states of the emulator that were saved by name.",
  {
    snapshots: Type.Array(
      Type.Object({
        name: NAME,
        savedAt: Type.String({ description: "ISO 8601 in UTC" }),
        account: NAME,
        region: NAME,
        versions: Type.Object(
          { moto: NAME, ministack: NAME, python: NAME },
          { description: "what has saved it, and alone loads it" },
        ),
        bytes: Type.Integer({ minimum: 0, description: "size, but for databases" }),
      }),
    ),
  },
);

/** The documents, by the name of the schema's file. */
export const LOCAL_FORMATS: Readonly<Record<string, TObject>> = {
  local,
  "local-cluster": cluster,
  "local-env": env,
  "local-snapshots": snapshots,
};
