import { type TProperties, Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";

/** What `groundplan gitops` prints with `--json`. A reader tolerates keys that it does not know. */

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const COUNT = Type.Integer({ minimum: 0 });
const COMMIT = Type.String({ pattern: "^[0-9a-f]{40}([0-9a-f]{24})?$" });
const optional = Type.Optional;
const nullable = <T extends TProperties>(properties: T) => Type.Union([Type.Object(properties), Type.Null()]);

const ENTRY = Type.Object({ newName: optional(TEXT), newTag: optional(TEXT), digest: optional(TEXT) });

/** What a commit for an image came to. */
const WRITTEN = {
  changed: Type.Boolean({ description: "whether this run has committed; false when it was so already" }),
  commit: Type.String({ ...COMMIT, description: "the commit that brought the image" }),
  head: COMMIT,
  attempts: Type.Integer({ minimum: 1, description: "tries until it was in" }),
  image: ENTRY,
};

const gitopsImage = documentSchema("groundplan.gitops.image", "An image that was set or taken back in Git.", {
  environment: NAME,
  service: NAME,
  ...WRITTEN,
  before: optional(ENTRY),
});

const REACHED = {
  application: NAME,
  revision: Type.String({ ...COMMIT, description: "the commit that is synced" }),
  exact: Type.Boolean({ description: "false when it is a later commit that contains the wanted one" }),
};

const gitopsWait = documentSchema("groundplan.gitops.wait", "What an environment has reached.", {
  environment: NAME,
  wanted: COMMIT,
  applications: Type.Array(Type.Object(REACHED)),
});

const gitopsRollback = documentSchema("groundplan.gitops.rollback", "A rollback: what each step did.", {
  environment: NAME,
  service: NAME,
  ...WRITTEN,
  before: optional(ENTRY),
  rollout: optional(
    Type.String({ description: "aborted, aborted before, not in progress, not there, or not reached" }),
  ),
  reached: optional(Type.Object({ revision: COMMIT, exact: Type.Boolean() })),
});

const UNKNOWN = Type.Object({ unknown: Type.String({ description: "why it is not known" }) });

const gitopsStatus = documentSchema("groundplan.gitops.status", "What Git says, and what runs.", {
  services: Type.Array(
    Type.Object({
      environment: NAME,
      service: NAME,
      git: Type.Union([
        UNKNOWN,
        Type.Object({
          image: TEXT,
          commit: COMMIT,
          head: COMMIT,
          held: nullable({ since: TEXT, by: TEXT, reason: TEXT }),
          refused: Type.Array(TEXT),
        }),
      ]),
      cluster: Type.Union([
        UNKNOWN,
        Type.Object({
          application: nullable({ sync: TEXT, revision: TEXT, health: TEXT, operation: TEXT }),
          running: Type.Array(Type.Object({ image: TEXT, ready: COUNT, pods: COUNT })),
          rollout: nullable({
            phase: TEXT,
            step: optional(COUNT),
            steps: COUNT,
            weight: optional(Type.Number()),
            aborted: Type.Boolean(),
            inProgress: Type.Boolean(),
            message: optional(TEXT),
          }),
        }),
      ]),
      verdict: TEXT,
    }),
  ),
});

/** The documents, by the name of the schema's file. */
export const GITOPS_FORMATS = {
  "gitops-image": gitopsImage,
  "gitops-rollback": gitopsRollback,
  "gitops-status": gitopsStatus,
  "gitops-wait": gitopsWait,
};
