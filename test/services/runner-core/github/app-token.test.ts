import { generateKeyPairSync } from "node:crypto";
import { appToken, parseAppSecret } from "../../../../services/runner-core/src/github/app-token";

const SECRET = { appId: 12, privateKey: "key", webhookSecret: "hook" };

test("the id of an app may be a number", () => {
  expect(parseAppSecret(JSON.stringify(SECRET))).toEqual({ ...SECRET, appId: "12" });
});

test.each(["appId", "privateKey", "webhookSecret"])("a secret without %s is refused by its name", (name) => {
  const text = JSON.stringify({ ...SECRET, [name]: "" });
  expect(() => parseAppSecret(text)).toThrow(`no ${name}`);
});

test("a secret that is no JSON is not repeated", () => {
  expect(() => parseAppSecret("-----BEGIN")).toThrow(/^the secret of the GitHub App is not JSON$/);
});

test("two tokens of one second differ", () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const secret = { appId: "1", privateKey, webhookSecret: "s" };
  expect(appToken(secret, 1_800_000_000)).not.toBe(appToken(secret, 1_800_000_000));
});
