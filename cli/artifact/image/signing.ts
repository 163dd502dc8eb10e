import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { bundleToJSON } from "@sigstore/bundle";
import {
  CIContextProvider,
  DEFAULT_FULCIO_URL,
  DEFAULT_REKOR_URL,
  DSSEBundleBuilder,
  FulcioSigner,
  RekorWitness,
  type Signer,
  type Witness,
} from "@sigstore/sign";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { readInputFile } from "../../input/file";
import { STATEMENT_TYPE, type Statement } from "./statement";

/** Who signs: a key, or an identity for which Sigstore gives a certificate of ten minutes. */
export interface SigningIdentity {
  /** For messages, e.g. `key 3f9a2c…` or `the identity of this workflow`. */
  readonly name: string;
  readonly signer: Signer;

  /** Logs that note the signature; none for a key. */
  readonly witnesses: readonly Witness[];

  /** The public half of a key; undefined without one. */
  readonly publicKey: KeyObject | undefined;
}

/** Variable that names the file of a key, instead of `--key`. */
export const KEY_VARIABLE = "GROUNDPLAN_SIGNING_KEY";

/** Variable with the password of an encrypted key. */
const PASSWORD_VARIABLE = "GROUNDPLAN_SIGNING_PASSWORD";

/** Variables with the addresses of a Sigstore of one's own: what gives certificates, and the log. */
const AUTHORITY_VARIABLE = "SIGSTORE_FULCIO_URL";
const LOG_VARIABLE = "SIGSTORE_REKOR_URL";

/** Largest file of a key, in bytes. */
const LARGEST_KEY = 20_000;

/**
 * Who signs here: the key that is named, else the identity of the workflow's run.
 *
 * @throws CliError when there is neither.
 */
export function signingIdentity(
  keyFile: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): SigningIdentity {
  const file = keyFile ?? env[KEY_VARIABLE];
  if (file !== undefined) return keyIdentity(privateKeyOf(file, env[PASSWORD_VARIABLE]));
  if (env.ACTIONS_ID_TOKEN_REQUEST_URL || env.SIGSTORE_ID_TOKEN) {
    return {
      name: "the identity of this run",
      signer: new FulcioSigner({
        identityProvider: new CIContextProvider("sigstore"),
        fulcioBaseURL: env[AUTHORITY_VARIABLE] ?? DEFAULT_FULCIO_URL,
        retry: 3,
      }),
      witnesses: [new RekorWitness({ rekorBaseURL: env[LOG_VARIABLE] ?? DEFAULT_REKOR_URL, retry: 3 })],
      publicKey: undefined,
    };
  }
  throw new CliError(
    EXIT.MISSING,
    "nobody is there to sign the image: neither a key, nor the identity of a workflow's run",
    `on this machine, name a key with --key or ${KEY_VARIABLE}`,
    "make one: openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out image.key",
    "in GitHub Actions, give the job `permissions: id-token: write`",
  );
}

function keyIdentity(key: KeyObject): SigningIdentity {
  const publicKey = createPublicKey(key);
  const hint = keyHint(publicKey);
  const text = String(publicKey.export({ type: "spki", format: "pem" }));
  return {
    name: `key ${hint.slice(0, 12)}`,
    signer: {
      sign: async (data) => ({
        signature: sign("sha256", data, key),
        key: { $case: "publicKey", publicKey: text, hint },
      }),
    },
    witnesses: [],
    publicKey,
  };
}

/** What a key is called: the hash of its public half, as cosign calls it. */
export function keyHint(publicKey: KeyObject): string {
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
}

/** A private key of a file. @throws CliError when it is none, or of a kind that others do not verify. */
function privateKeyOf(file: string, passphrase: string | undefined): KeyObject {
  const fail = (what: string, ...instead: readonly string[]) =>
    new CliError(EXIT.USAGE, `${file} is no key to sign with: ${what}`, ...instead);
  const text = readInputFile(file, { bytes: LARGEST_KEY }, "name the file of a private key");
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    // What OpenSSL says differs from version to version, and may quote the key.
    throw text.includes("ENCRYPTED")
      ? fail("it is encrypted, and the password is missing or wrong", `set ${PASSWORD_VARIABLE}`)
      : fail("it is not a private key in PEM");
  }
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  throw fail(
    `it is of the type ${key.asymmetricKeyType ?? "unknown"}`,
    "use an EC key on the curve P-256, which cosign and Kyverno verify too",
  );
}

/** Signs a statement. @returns Sigstore's bundle: what is signed, the signature, and by what it is verified. */
export async function signStatement(statement: Statement, identity: SigningIdentity): Promise<Buffer> {
  const builder = new DSSEBundleBuilder({ signer: identity.signer, witnesses: [...identity.witnesses] });
  try {
    const bundle = await builder.create({
      data: Buffer.from(JSON.stringify(statement)),
      type: STATEMENT_TYPE,
    });
    return Buffer.from(JSON.stringify(withoutKeyNames(bundleToJSON(bundle))));
  } catch (error) {
    throw new CliError(
      EXIT.FAILED,
      `signing with ${identity.name} failed: ${(error as Error).message}`,
      "run the same command again: what was pushed stays",
    );
  }
}

/**
 * A bundle whose envelope names no key. Sigstore's client writes the hint there too; cosign and Kyverno compare it with a name
 * that they make of the key in another way, and pass over a signature that is right. What is signed does not contain it.
 *
 * @see https://github.com/secure-systems-lab/go-securesystemslib/blob/v0.11.0/dsse/verify.go
 */
function withoutKeyNames(bundle: ReturnType<typeof bundleToJSON>): object {
  const { dsseEnvelope, ...rest } = bundle;
  if (dsseEnvelope === undefined) return bundle;
  const signatures = dsseEnvelope.signatures.map((one) => ({ ...one, keyid: "" }));
  return { ...rest, dsseEnvelope: { ...dsseEnvelope, signatures } };
}
