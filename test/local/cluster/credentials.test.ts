import { createPublicKey } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { credentialsIn } from "../../../local/cluster/credentials";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("credentials");
});

test("they are the same at the next start", () => {
  const first = credentialsIn(folder);
  const key = readFileSync(first.serviceAccountKeyFile, "utf8");
  const second = credentialsIn(folder);
  expect(second).toEqual(first);
  expect(readFileSync(second.serviceAccountKeyFile, "utf8")).toBe(key);
  const derived = createPublicKey(key).export({ type: "spki", format: "pem" });
  expect(readFileSync(second.serviceAccountPublicKeyFile, "utf8")).toBe(derived);
});

test("each user has a token of its own, and the administrator is in system:masters", () => {
  const { tokensFile, tokens } = credentialsIn(folder);
  expect(new Set(Object.values(tokens)).size).toBe(Object.keys(tokens).length);
  expect(readFileSync(tokensFile, "utf8")).toContain(
    `${tokens.admin},groundplan-admin,admin,"system:masters"`,
  );
});

test("nobody but their owner may read them", () => {
  credentialsIn(folder);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
});
