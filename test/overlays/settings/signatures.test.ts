import { generateKeyPairSync } from "node:crypto";
import { checkEnvironments } from "../../../overlays/checks";
import type { EnvironmentOverlay } from "../../../overlays/environment";
import { defineEnvironment } from "../../platform";

const pem = (curve: string, half: "publicKey" | "privateKey" = "publicKey") => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
  return String(
    half === "publicKey"
      ? publicKey.export({ type: "spki", format: "pem" })
      : privateKey.export({ type: "pkcs8", format: "pem" }),
  );
};
const identity = (change: object = {}) => ({
  issuer: "https://token.actions.githubusercontent.com",
  subject: "https://github.com/acme/platform/.github/workflows/cd-dev.yml@refs/heads/develop",
  ...change,
});

type Signatures = NonNullable<NonNullable<EnvironmentOverlay["delivery"]>["signatures"]>;

const overlay = (signatures: Signatures, kyverno = true) =>
  defineEnvironment({
    name: "test",
    account: "123456789012",
    network: { cidr: "10.9.0.0/16" },
    addons: { kyverno },
    delivery: { signatures },
  });

test.each<[string, Signatures, boolean]>([
  ["none, with Kyverno for other policies", {}, true],
  ["none, without Kyverno", {}, false],
  ["signers before it is on", { keys: [pem("prime256v1")] }, false],
  ["a key", { enabled: true, keys: [pem("prime256v1")] }, true],
  ["a workflow", { enabled: true, identities: [identity()] }, true],
  [
    "any workflow of one repository",
    {
      enabled: true,
      identities: [identity({ subject: "https://github.com/acme/platform/.github/workflows/*" })],
    },
    true,
  ],
  ["a person", { enabled: true, identities: [identity({ subject: "ops@example.com" })] }, true],
])("takes %s", (_, signatures, kyverno) => {
  const environment = overlay(signatures, kyverno);
  expect(checkEnvironments([environment])).toEqual([environment]);
});

test.each<[string, Signatures, boolean, string]>([
  [
    "nobody whose signature counts",
    { enabled: true },
    true,
    "delivery.signatures.enabled is true: nobody's signature counts, so nothing could run",
  ],
  [
    "what nothing verifies",
    { enabled: true, keys: [pem("prime256v1")] },
    false,
    "delivery.signatures.enabled is true: addons.kyverno is false",
  ],
  ["a key that is none", { keys: ["keys/image.pub"] }, false, "signatures.keys[0]"],
  ["a key on another curve", { keys: [pem("secp384r1")] }, false, "not an EC public key on the curve P-256"],
  [
    "everybody of GitHub",
    { identities: [identity({ subject: "https://github.com/*" })] },
    false,
    "not an e-mail address, nor a workflow of one repository",
  ],
  [
    "every repository of an organization",
    { identities: [identity({ subject: "https://github.com/acme/*/.github/workflows/cd-dev.yml" })] },
    false,
    "identities[0].subject",
  ],
  [
    "an issuer that is not asked by HTTPS",
    { identities: [identity({ issuer: "http://issuer.example" })] },
    false,
    "identities[0].issuer",
  ],
])("refuses %s", (_, signatures, kyverno, said) => {
  expect(() => checkEnvironments([overlay(signatures, kyverno)])).toThrow(said);
});

test("a private key that is written by mistake is refused, and not printed", () => {
  const key = pem("prime256v1", "privateKey");
  const [, secret = ""] = key.split("\n");
  expect(() => checkEnvironments([overlay({ keys: [key] })])).toThrow("signatures.keys[0]");
  try {
    checkEnvironments([overlay({ keys: [key] })]);
  } catch (error) {
    expect(String(error)).not.toContain(secret);
  }
});
