import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { attach, copyImage, layoutSource } from "../../../../cli/artifact/image/copy";
import { ImageRepository } from "../../../../cli/artifact/image/registry";
import { signingIdentity, signStatement } from "../../../../cli/artifact/image/signing";
import { PREDICATE, statementOf } from "../../../../cli/artifact/image/statement";
import { BUNDLE_TYPE, commitOfProvenance, trustOf, verifyImage } from "../../../../cli/artifact/image/trust";
import { publicKeyOf, verifyBundle } from "../../../../cli/artifact/image/verification";
import { temporaryFolder } from "../../../temporary-folder";
import { makeLayout } from "./images";
import { RegistryServer } from "./registry-server";

const FOLDER = temporaryFolder("keys");
const DIGEST = `sha256:${"d".repeat(64)}`;

function writeKey(name: string, curve = "P-256", passphrase?: string): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
  const cipher = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  const file = join(FOLDER, `${name}.key`);
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem", ...cipher }));
  return file;
}

const OWN = writeKey("own");
const OTHER = writeKey("other");
const trust = (file: string) => {
  const { publicKey } = signingIdentity(file, {});
  if (!publicKey) throw new Error("no key");
  return { keys: [publicKey], identities: [] };
};

const sign = (digest: string, file = OWN) =>
  signStatement(statementOf(digest, PREDICATE.signature, {}), signingIdentity(file, {}));

test("a signature is verified by its key, as a bundle of Sigstore with a statement of in-toto", async () => {
  const bundle = await sign(DIGEST);
  expect(JSON.parse(bundle.toString())).toMatchObject({
    mediaType: BUNDLE_TYPE,
    // Others compare a name that stands here with one of their own.
    dsseEnvelope: { payloadType: "application/vnd.in-toto+json", signatures: [{ keyid: "" }] },
  });
  expect(await verifyBundle(bundle, DIGEST, trust(OWN))).toMatchObject({
    statement: { predicateType: PREDICATE.signature },
    by: expect.stringMatching(/^key /),
  });
});

test("another key, another image, and changed content are refused", async () => {
  const bundle = await sign(DIGEST);
  expect(await verifyBundle(bundle, DIGEST, trust(OTHER))).toMatchObject({ foreign: true });
  expect(await verifyBundle(bundle, `sha256:${"e".repeat(64)}`, trust(OWN))).toMatchObject({
    fault: expect.stringMatching(/^a signature that is attached to eeeeeeeeeeee is of dddddddddddd/),
  });
  const changed = JSON.parse(bundle.toString());
  const payload = Buffer.from(changed.dsseEnvelope.payload, "base64")
    .toString()
    .replaceAll("d".repeat(64), "e".repeat(64));
  changed.dsseEnvelope.payload = Buffer.from(payload).toString("base64");
  expect(
    await verifyBundle(Buffer.from(JSON.stringify(changed)), `sha256:${"e".repeat(64)}`, trust(OWN)),
  ).toMatchObject({ fault: expect.stringMatching(/signature verification failed/) });
  expect(await verifyBundle(Buffer.from("{}"), DIGEST, trust(OWN))).toMatchObject({
    fault: expect.stringMatching(/^it is no bundle of Sigstore/),
  });
});

test("an image needs a signature of somebody who counts, and an SBOM is none", async () => {
  const server = await RegistryServer.start();
  try {
    const repository = new ImageRepository({ url: server.url, authorization: undefined }, "app", 1);
    const layout = makeLayout("one");
    await copyImage(layoutSource(layout), layout.root, repository);
    const { digest } = layout.root;
    await expect(verifyImage(repository, digest, trust(OWN))).rejects.toThrow(
      /^image [0-9a-f]{12} is not signed\n/,
    );
    const say = async (type: string, predicate: object, file: string) =>
      attach(
        repository,
        layout.root,
        await signStatement(statementOf(digest, type, predicate), signingIdentity(file, {})),
        BUNDLE_TYPE,
        {},
      );
    const commit = { buildDefinition: { externalParameters: { commit: "abc" } } };
    await say(PREDICATE.provenance, commit, OWN);
    await expect(verifyImage(repository, digest, trust(OWN))).rejects.toThrow(/is not signed/);
    await say(PREDICATE.signature, {}, OTHER);
    await expect(verifyImage(repository, digest, trust(OWN))).rejects.toThrow(
      /is signed by nobody who counts: it is of key/,
    );
    await say(PREDICATE.signature, {}, OWN);
    const verified = await verifyImage(repository, digest, trust(OWN));
    expect(commitOfProvenance(verified)).toBe("abc");
  } finally {
    await server.stop();
  }
});

test("who signs is a key, or the run's identity; without either it says what to do", () => {
  expect(signingIdentity(undefined, { GROUNDPLAN_SIGNING_KEY: OWN }).name).toMatch(/^key /);
  expect(signingIdentity(undefined, { ACTIONS_ID_TOKEN_REQUEST_URL: "http://x" })).toMatchObject({
    name: "the identity of this run",
    witnesses: [expect.anything()],
  });
  expect(() => signingIdentity(undefined, {})).toThrow(
    /^nobody is there to sign[\s\S]*--key[\s\S]*id-token: write/,
  );
});

test("a key that others cannot verify, or that is locked, is refused without a word of what is in it", () => {
  expect(() => signingIdentity(writeKey("curve", "P-384"), {})).toThrow(/use an EC key on the curve P-256/);
  const locked = writeKey("locked", "P-256", "secret");
  expect(() => signingIdentity(locked, {})).toThrow(/it is encrypted.*\n {2}set GROUNDPLAN_SIGNING_PASSWORD/);
  expect(signingIdentity(locked, { GROUNDPLAN_SIGNING_PASSWORD: "secret" }).name).toMatch(/^key /);
  const none = join(FOLDER, "none.key");
  writeFileSync(none, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----");
  expect(() => signingIdentity(none, {})).toThrow(
    /^.* is no key to sign with: it is not a private key in PEM$/,
  );
  expect(() => publicKeyOf("nothing", "a.pub")).toThrow(/^a.pub is no public key in PEM/);
});

test("whose signatures count: the settings say it, a key that is named stands alone, and nobody's is refused", () => {
  const root = temporaryFolder("trust");
  const project = { root, app: "", output: "" };
  writeFileSync(join(root, "cdktf.json"), "{}");
  expect(() => trustOf(project, undefined, {})).toThrow(/^nothing says whose signatures of images count/);
  const identity = {
    issuer: "https://token.actions.githubusercontent.com",
    subject: "https://github.com/a/b/*",
  };
  writeFileSync(
    join(root, "own.pub"),
    createPublicKey(signingIdentity(OWN, {}).publicKey?.export({ type: "spki", format: "pem" }) ?? "").export(
      { type: "spki", format: "pem" },
    ),
  );
  writeFileSync(
    join(root, "cdktf.json"),
    JSON.stringify({ groundplan: { images: { keys: ["own.pub"], identities: [identity] } } }),
  );
  expect(trustOf(project, undefined, {})).toMatchObject({
    keys: [expect.anything()],
    identities: [identity],
  });
  expect(trustOf(project, OTHER, {})).toMatchObject({ identities: [] });
});
