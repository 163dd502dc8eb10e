import { createPublicKey, type KeyObject } from "node:crypto";
import { bundleFromJSON, isBundleWithDsseEnvelope } from "@sigstore/bundle";
import { getTrustedRoot } from "@sigstore/tuf";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { parseJson } from "../../input/json";
import { keyHint } from "./signing";
import { readStatement, type Statement } from "./statement";

/** Whose signatures count. */
export interface Trust {
  /** Public keys. */
  readonly keys: readonly KeyObject[];

  /** Identities for which Sigstore gives certificates, e.g. a workflow of GitHub. */
  readonly identities: readonly TrustedIdentity[];
}

/** An identity of an OpenID Connect provider. */
export interface TrustedIdentity {
  /** E.g. `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;

  /** E.g. `https://github.com/acme/platform/.github/workflows/cd-dev.yml@refs/heads/develop`; `*` stands for any text. */
  readonly subject: string;
}

/** What was found of a signature. */
export type Verified =
  | { readonly statement: Statement; readonly by: string }
  | { readonly fault: string; readonly foreign: boolean };

/** Gives Sigstore's roots of trust; they come over the network, so only where an identity is to be verified. */
type Roots = typeof getTrustedRoot;

/**
 * Verifies one bundle against those that are trusted.
 *
 * @param digest - of the image to which it is attached.
 */
export async function verifyBundle(
  content: Uint8Array,
  digest: string,
  trust: Trust,
  roots: Roots = getTrustedRoot,
): Promise<Verified> {
  let bundle: ReturnType<typeof bundleFromJSON>;
  try {
    bundle = bundleFromJSON(parseJson(content));
  } catch (error) {
    return { fault: `it is no bundle of Sigstore: ${(error as Error).message}`, foreign: false };
  }
  if (!isBundleWithDsseEnvelope(bundle)) return { fault: "it has no statement", foreign: false };
  try {
    const { $case } = bundle.verificationMaterial.content;
    const by =
      $case === "publicKey"
        ? verifyByKey(bundle, trust.keys)
        : await verifyByIdentity(bundle, trust.identities, roots);
    return { statement: readStatement(bundle.content.dsseEnvelope.payload, digest), by };
  } catch (error) {
    if (error instanceof Foreign) return { fault: error.message, foreign: true };
    if (error instanceof CliError && error.exitCode === EXIT.FAILED)
      return { fault: error.message.split("\n")[0] ?? "", foreign: false };
    // A certificate that is none ends in whatever its parser throws; it is as good as a wrong signature.
    if (error instanceof Error && !(error instanceof CliError))
      return { fault: error.message, foreign: false };
    throw error;
  }
}

/** A signature of somebody who is not trusted. */
class Foreign extends Error {}

type DsseBundle = ReturnType<typeof bundleFromJSON>;

function verifyByKey(bundle: DsseBundle, keys: readonly KeyObject[]): string {
  const { content } = bundle.verificationMaterial;
  const hint = content.$case === "publicKey" ? content.publicKey.hint : "";
  const found = keys.find((key) => keyHint(key) === hint);
  if (!found) throw new Foreign(`it is of key ${hint.slice(0, 12) || "without a name"}`);
  const material = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey: found, validFor: () => true }),
  };
  // A key of one's own is in no log.
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  verifier.verify(toSignedEntity(bundle));
  return `key ${hint.slice(0, 12)}`;
}

async function verifyByIdentity(
  bundle: DsseBundle,
  identities: readonly TrustedIdentity[],
  roots: Roots,
): Promise<string> {
  if (identities.length === 0) throw new Foreign("it is of an identity, and keys alone are trusted");
  const verifier = new Verifier(toTrustMaterial(await trustedRoot(roots)));
  const signer = verifier.verify(toSignedEntity(bundle));
  const subject = signer.identity?.subjectAlternativeName ?? "";
  const issuer = signer.identity?.extensions?.issuer ?? "";
  const matches = identities.some((one) => one.issuer === issuer && patternOf(one.subject).test(subject));
  if (!matches) throw new Foreign(`it is of ${subject} of ${issuer}`);
  return subject;
}

async function trustedRoot(roots: Roots): Promise<Awaited<ReturnType<Roots>>> {
  try {
    return await roots();
  } catch (error) {
    throw new CliError(
      EXIT.MISSING,
      `Sigstore's roots of trust cannot be read: ${(error as Error).message}`,
      "check the network, and HTTPS_PROXY where there is a proxy; nothing is promoted without them",
    );
  }
}

/** A subject with `*` for any text. */
function patternOf(subject: string): RegExp {
  const parts = subject.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** A public key in PEM, also of a private key. @throws CliError when it is none. */
export function publicKeyOf(text: string | Buffer, where: string): KeyObject {
  try {
    return createPublicKey(text);
  } catch {
    throw new CliError(
      EXIT.USAGE,
      `${where} is no public key in PEM`,
      "make it of the private one: openssl pkey -in image.key -pubout -out image.pub",
    );
  }
}
