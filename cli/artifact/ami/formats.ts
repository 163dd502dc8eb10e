import { Type } from "@sinclair/typebox";
import { documentSchema } from "../../console/document";
import { MANIFEST_SCHEMA } from "./manifest";

/** What `groundplan image` prints with `--json`. A reader tolerates keys that it does not know. */

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });
const TEXTS = Type.Array(TEXT);
const AMI = Type.String({ pattern: "^ami-" });
const BOOL = Type.Boolean();
const AMOUNT = Type.Object({ low: Type.Number(), high: Type.Number() }, { description: "US dollars" });
const FAILED = Type.Array(Type.Object({ region: NAME, message: TEXT }), {
  description: "Regions that failed, each by itself",
});
const CHANNEL = Type.Union([Type.Literal("dev"), Type.Literal("release")]);
const PARAMETERS = Type.Array(
  Type.Object({
    region: NAME,
    name: NAME,
    ami: AMI,
    how: Type.Union(["written", "there", "newer"].map((one) => Type.Literal(one))),
  }),
  { description: "SSM parameters that lead to the AMI; `newer` holds a newer one, and stays" },
);
const LEFT = Type.Array(Type.Object({ kind: NAME, id: NAME }));

const REQUEST = { image: NAME, name: NAME, channel: CHANNEL, release: NAME, regions: TEXTS, run: NAME };

/** The documents, by the name of the schema's file. */
export const AMI_FORMATS = {
  "ami-names": documentSchema("groundplan.ami.names", "The name that a build would give.", REQUEST),
  "ami-validate": documentSchema("groundplan.ami.validate", "A request that can be built.", {
    ...REQUEST,
    encrypted: BOOL,
    packer: NAME,
  }),
  "ami-build": documentSchema("groundplan.ami.build", "What became of a build in each Region.", {
    name: NAME,
    run: NAME,
    amis: Type.Array(
      Type.Object({
        region: NAME,
        ami: AMI,
        how: Type.Union(["built", "copied", "there"].map((one) => Type.Literal(one))),
      }),
    ),
    parameters: PARAMETERS,
    packages: Type.Array(
      Type.Object({
        region: NAME,
        file: NAME,
        by: Type.Union(["syft", "dpkg"].map((one) => Type.Literal(one))),
      }),
      { description: "lists of packages, of the Regions in which it was built" },
    ),
    failed: FAILED,
  }),
  "ami-manifest": MANIFEST_SCHEMA,
  "ami-test": documentSchema("groundplan.ami.test", "What a boot test found.", {
    name: NAME,
    region: NAME,
    ami: AMI,
    run: NAME,
    ok: BOOL,
    checks: Type.Array(Type.Object({ title: NAME, instance: NAME, ok: BOOL, found: TEXT })),
  }),
  "ami-publish": documentSchema("groundplan.ami.publish", "A release that was made public.", {
    image: NAME,
    release: NAME,
    amis: Type.Array(Type.Object({ region: NAME, ami: AMI, isNew: BOOL })),
    missing: TEXTS,
    github: Type.Optional(
      Type.Object({
        url: TEXT,
        state: Type.Union(["draft", "published", "was published"].map((one) => Type.Literal(one))),
      }),
    ),
    parameters: PARAMETERS,
    failed: FAILED,
  }),
  "ami-share": documentSchema("groundplan.ami.share", "An AMI that other accounts may start.", {
    name: NAME,
    accounts: TEXTS,
    amis: Type.Array(Type.Object({ region: NAME, ami: AMI, needs: TEXTS })),
    failed: FAILED,
  }),
  "ami-list": documentSchema("groundplan.ami.list", "The AMIs of an image, the newest first.", {
    image: NAME,
    amis: Type.Array(
      Type.Object({
        ami: AMI,
        region: NAME,
        name: TEXT,
        channel: CHANNEL,
        release: TEXT,
        state: TEXT,
        created: TEXT,
        public: BOOL,
        encrypted: BOOL,
        run: TEXT,
      }),
    ),
    failed: FAILED,
  }),
  "ami-prune": documentSchema("groundplan.ami.prune", "AMIs that were removed, or would be.", {
    image: NAME,
    dryRun: BOOL,
    regions: Type.Array(
      Type.Object({
        region: NAME,
        remove: Type.Array(Type.Object({ ami: AMI, name: TEXT })),
        kept: Type.Array(Type.Object({ ami: AMI, name: TEXT, reasons: TEXTS })),
        snapshots: TEXTS,
        deregistered: TEXTS,
        deleted: TEXTS,
        keptAfterAll: TEXTS,
        recycled: TEXTS,
      }),
    ),
    failed: FAILED,
  }),
  "ami-sweep": documentSchema("groundplan.ami.sweep", "What an interrupted build left.", {
    run: NAME,
    dryRun: BOOL,
    regions: Type.Array(
      Type.Object({
        region: NAME,
        remove: LEFT,
        kept: Type.Array(Type.Object({ kind: NAME, id: NAME, reason: NAME })),
        finished: TEXTS,
        removed: LEFT,
        remaining: LEFT,
        recycled: TEXTS,
      }),
    ),
    failed: FAILED,
  }),
  "ami-notes": documentSchema("groundplan.ami.notes", "The text of a release.", {
    release: NAME,
    text: TEXT,
    manifests: Type.Array(MANIFEST_SCHEMA),
    missing: TEXTS,
    failed: FAILED,
  }),
  "ami-cost": documentSchema("groundplan.ami.cost", "What images cost.", {
    storage: Type.Array(Type.Object({ region: NAME, monthly: AMOUNT })),
    monthly: AMOUNT,
    build: AMOUNT,
    unpriced: TEXTS,
    pricesOf: TEXT,
  }),
};
