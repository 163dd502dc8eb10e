import { type TObject, Type } from "@sinclair/typebox";
import { documentSchema } from "../console/document";

/** What the commands print with `--json` that set a project up: `bootstrap`, `lock` and `new`. */

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const TEXTS = Type.Array(TEXT);
const oneOf = (...values: readonly string[]) => Type.Union(values.map((value) => Type.Literal(value)));

const bootstrap = documentSchema("groundplan.bootstrap", "The state buckets, and what was made of them.", {
  stacks: Type.Array(
    Type.Object({
      stack: NAME,
      account: NAME,
      bucket: NAME,
      table: Type.Optional(NAME),
      outcome: oneOf("created", "unchanged", "differs"),
      imported: TEXTS,
    }),
  ),
});

const lock = documentSchema("groundplan.lock", "The providers that are locked now.", {
  providers: Type.Array(Type.Object({ address: NAME, version: NAME, constraints: TEXT, hashes: TEXTS })),
  source: oneOf("registry", "mirror"),
  changed: Type.Boolean(),
});

const check = documentSchema("groundplan.lock.check", "Whether the lock and the stacks agree.", {
  ok: Type.Boolean(),
  faults: TEXTS,
});

const created = documentSchema("groundplan.new", "The files of a new part of the platform.", {
  kind: oneOf("environment", "stack", "service", "app"),
  name: NAME,
  written: Type.Boolean({ description: "false with --dry-run, and after a no" }),
  files: Type.Array(Type.Object({ path: NAME, change: oneOf("create", "change") })),
  derived: Type.Array(NAME, { description: "files that npm run derive has changed" }),
  notes: TEXTS,
  next: Type.Array(NAME, { description: "commands that come next" }),
});

/** The documents, by the name of the schema's file. */
export const SETUP_FORMATS: Readonly<Record<string, TObject>> = {
  bootstrap,
  lock,
  "lock-check": check,
  new: created,
};
