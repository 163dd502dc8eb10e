import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { InputError } from "../../input/file";
import { parseJson } from "../../input/json";
import { schemaCheck } from "../../input/schema";
import type { BuiltImage } from "./build";
import { shortDigest } from "./reference";

/** Media type of a statement in an envelope. */
export const STATEMENT_TYPE = "application/vnd.in-toto+json";

/** What is said of images, by the names under which others look for it. */
export const PREDICATE = {
  /** That somebody stands for it; cosign writes and reads the same. */
  signature: "https://sigstore.dev/cosign/sign/v1",
  provenance: "https://slsa.dev/provenance/v1",
  cyclonedx: "https://cyclonedx.org/bom",
  spdx: "https://spdx.dev/Document",
} as const;

/** Names of {@link PREDICATE}. */
export type PredicateName = keyof typeof PREDICATE;

/** What is said of an image, in the form of in-toto. */
export interface Statement {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly { readonly name?: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: object;
}

/** Says something of an image. */
export function statementOf(digest: string, predicateType: string, predicate: object): Statement {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { sha256: digest.replace(/^sha256:/, "") } }],
    predicateType,
    predicate,
  };
}

const asStatement = schemaCheck<Statement>({
  type: "object",
  required: ["_type", "subject", "predicateType"],
  properties: {
    _type: { enum: ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"] },
    subject: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["digest"],
        properties: {
          digest: { type: "object", required: ["sha256"], properties: { sha256: { type: "string" } } },
        },
      },
    },
    predicateType: { type: "string" },
    predicate: { type: "object" },
  },
});

/**
 * Reads what was signed.
 *
 * @throws CliError when it is of another image: a true signature that somebody attached to what it was not made for.
 */
export function readStatement(payload: Uint8Array, digest: string): Statement {
  let statement: Statement;
  try {
    statement = asStatement(parseJson(payload));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(EXIT.FAILED, `a signature of ${shortDigest(digest)} says nothing: ${error.message}`);
  }
  const of = statement.subject.map(({ digest: { sha256 } }) => `sha256:${sha256}`);
  if (of.includes(digest)) return statement;
  throw new CliError(
    EXIT.FAILED,
    `a signature that is attached to ${shortDigest(digest)} is of ${of.map(shortDigest).join(", ")}`,
    "somebody attached it to an image that it was not made for",
  );
}

/** Where and from what an image was built. */
export interface BuildPlace {
  /** Git repository, e.g. `https://github.com/acme/platform`; undefined where there is none. */
  readonly repository: string | undefined;

  /** Run of a workflow, or the machine. */
  readonly builder: string;
  readonly started: string;
}

/**
 * The provenance of an image: who built it from which commit, with which arguments.
 *
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export function provenanceOf(image: BuiltImage, { repository, builder, started }: BuildPlace): object {
  const [sha = ""] = image.commit.split("+");
  const isCommit = /^[0-9a-f]{40,64}$/.test(sha);
  return {
    buildDefinition: {
      buildType: "https://groundplan.dev/image/v1",
      externalParameters: {
        service: image.service,
        commit: image.commit,
        platform: image.platform,
        arguments: image.arguments,
        epoch: image.epoch,
      },
      internalParameters: { builder: image.builder },
      resolvedDependencies: [
        ...(isCommit
          ? [{ ...(repository ? { uri: `git+${repository}` } : {}), digest: { gitCommit: sha } }]
          : []),
        ...baseOf(image),
      ],
    },
    runDetails: { builder: { id: builder }, metadata: { startedOn: started } },
  };
}

function baseOf({ arguments: { BASE_IMAGE = "" } }: BuiltImage): readonly object[] {
  const [, name = "", sha256 = ""] = /^(.+)@sha256:([0-9a-f]{64})$/.exec(BASE_IMAGE) ?? [];
  return name === "" ? [] : [{ uri: `pkg:docker/${name}`, digest: { sha256 } }];
}
