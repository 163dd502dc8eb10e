import { type TObject, Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";

/** What `groundplan state` prints with `--json`. A reader tolerates keys that it does not know. */

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const NAMES = Type.Array(NAME);
const COUNT = Type.Integer({ minimum: 0 });

const locks = documentSchema("groundplan.state.locks", "Who holds the states.", {
  locks: Type.Array(
    Type.Union([
      Type.Object({
        stack: NAME,
        ID: NAME,
        Operation: TEXT,
        Info: TEXT,
        Who: TEXT,
        Version: TEXT,
        Created: TEXT,
        Path: TEXT,
      }),
      Type.Object({ stack: NAME, damaged: TEXT, at: NAME }),
    ]),
  ),
  looked: Type.Integer({ minimum: 0, description: "number of states that were looked at" }),
  unseen: Type.Array(Type.Object({ stack: NAME, message: TEXT }), {
    description: "stacks whose state could not be looked at, and why",
  }),
  elsewhere: Type.Array(NAME, { description: "stacks whose state is not in S3" }),
});

const versions = documentSchema("groundplan.state.versions", "Versions of a state, the newest first.", {
  stack: NAME,
  workspace: NAME,
  versions: Type.Array(
    Type.Object({
      id: NAME,
      modified: Type.String({ description: "ISO 8601 in UTC" }),
      size: Type.Integer({ minimum: 0, description: "bytes" }),
      current: Type.Boolean(),
    }),
  ),
});

const show = documentSchema("groundplan.state", "What a state holds, without values.", {
  stack: NAME,
  workspace: NAME,
  serial: COUNT,
  lineage: TEXT,
  terraform: TEXT,
  resources: NAMES,
  outputs: NAMES,
});

const restore = documentSchema("groundplan.state.restore", "What a restore has done.", {
  restored: Type.Boolean(),
  stack: NAME,
  id: Type.String({ minLength: 1, description: "of the version" }),
  before: Type.Optional(COUNT),
  after: Type.Optional(COUNT),
  backup: Type.Optional(NAME),
  added: Type.Optional(NAMES),
  removed: Type.Optional(NAMES),
});

/** The documents, by the name of the schema's file. */
export const STATE_FORMATS: Readonly<Record<string, TObject>> = {
  state: show,
  "state-locks": locks,
  "state-restore": restore,
  "state-versions": versions,
};
