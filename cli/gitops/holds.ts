import { type Static, Type } from "@sinclair/typebox";
import { parseDocument, stringify } from "yaml";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { schemaCheck } from "../input/schema";

/** File beside an environment's `kustomization.yaml` that says which images stay as they are. Kustomize does not read it. */
export const HOLDS_FILE = "image-holds.yaml";

const DIGEST = Type.String({ pattern: "^sha256:[0-9a-f]{64}$" });

/** Longest text of a note, in characters. */
const LONGEST = 2000;
const TEXT = Type.String({ maxLength: LONGEST });

const NOTE = { since: TEXT, by: TEXT, reason: TEXT };

const HOLDS = Type.Record(
  Type.String(),
  Type.Object(
    {
      held: Type.Optional(Type.Object({ image: TEXT, ...NOTE }, { additionalProperties: false })),
      refused: Type.Array(Type.Object({ digest: DIGEST, ...NOTE }, { additionalProperties: false }), {
        maxItems: 1000,
      }),
    },
    { additionalProperties: false },
  ),
);

/** What is held, by the image's name in `kustomization.yaml`. */
export type Holds = Static<typeof HOLDS>;

/** Why and since when. */
export interface HoldNote {
  /** ISO 8601. */
  readonly since: string;
  readonly by: string;
  readonly reason: string;
}

const asHolds = schemaCheck<Holds>(HOLDS);

/** Digests that a hold remembers as bad. */
const REMEMBERED = 50;

const HEAD = ` Written by \`groundplan gitops rollback\`, and read by \`groundplan gitops set-image\`.
 held: no other image is set until one is approved: groundplan gitops set-image <environment> <service> <digest> --approve
 refused: digests that were rolled back. One is set again only after it was removed here, by a commit that somebody reviews.`;

/** Reads the file; nothing is held where there is none. @throws CliError when it is not of its form. */
export function readHolds(text: string | undefined, file: string): Holds {
  if (text === undefined) return {};
  const document = parseDocument(text);
  try {
    if (document.errors[0]) throw new InputError(document.errors[0].message.split("\n")[0] ?? "no YAML");
    return asHolds(document.toJS() ?? {});
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof ReferenceError)) throw error;
    throw new CliError(
      EXIT.HELD,
      `what holds images cannot be read: ${error.message}`,
      `at ${file}`,
      "mend it: while nobody knows what is held, no image is set",
    );
  }
}

/** Writes the file; undefined when nothing is to be remembered any more. */
export function writeHolds(holds: Holds): string | undefined {
  const kept = Object.entries(holds).filter(([, { held, refused }]) => held || refused.length > 0);
  if (kept.length === 0) return undefined;
  const text = stringify(Object.fromEntries(kept.sort(([one], [other]) => (one < other ? -1 : 1))), {
    lineWidth: 0,
  });
  return `${HEAD.split("\n")
    .map((line) => `#${line}`)
    .join("\n")}\n${text}`;
}

/**
 * Holds an image at what it is led to, and refuses a digest from now on.
 *
 * @param at - what it is held at: `repository@sha256:…`. @param bad - digest that is refused; undefined of a tag.
 */
export function withHold(
  holds: Holds,
  image: string,
  props: { readonly at: string; readonly bad: string | undefined; readonly note: HoldNote },
): Holds {
  const { at, bad } = props;
  // A reason may be a log: the commit has all of it, and this file must stay one that can be read.
  const note = { ...props.note, by: shortened(props.note.by), reason: shortened(props.note.reason) };
  const before = (holds[image]?.refused ?? []).filter(({ digest }) => digest !== bad);
  const refused = bad === undefined ? before : [...before, { digest: bad, ...note }];
  return { ...holds, [image]: { held: { image: at, ...note }, refused: refused.slice(-REMEMBERED) } };
}

function shortened(text: string): string {
  const signs = [...text];
  return signs.length <= LONGEST ? text : `${signs.slice(0, LONGEST - 1).join("")}…`;
}

/** Holds an image no longer; its bad digests stay refused. */
export function withoutHold(holds: Holds, image: string): Holds {
  const hold = holds[image];
  return hold ? { ...holds, [image]: { refused: hold.refused } } : holds;
}

/**
 * Asserts that a digest may be set.
 *
 * @throws CliError when it was rolled back, or the image is held and nobody has approved it.
 */
export function assertMaySet(
  holds: Holds,
  props: {
    readonly image: string;
    readonly digest: string;
    readonly approve: boolean;
    readonly file: string;
  },
): void {
  const { image, digest, approve, file } = props;
  const hold = holds[image];
  const bad = hold?.refused.find((one) => one.digest === digest);
  if (bad) {
    throw new CliError(
      EXIT.HELD,
      `${digest} of image ${image} was rolled back: ${bad.reason}`,
      `since ${bad.since}, by ${bad.by}`,
      "set a newer one with --approve",
      `or, if it was right after all, remove it from "refused" in ${file} by a commit that somebody reviews`,
    );
  }
  if (!hold?.held || approve) return;
  throw new CliError(
    EXIT.HELD,
    `image ${image} is held since a rollback: ${hold.held.reason}`,
    `since ${hold.held.since}, by ${hold.held.by}`,
    `look at it, and set this one with --approve: ${digest}`,
  );
}
