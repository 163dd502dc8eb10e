import { rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { loadSharedConfigFiles } from "@smithy/core/config";
import { conflicting, environment } from "../../local/environment";
import { profileEnvironment } from "../../local/profiles";
import { temporaryFolder } from "../temporary-folder";

let stateDirectory: string;

beforeEach(() => {
  stateDirectory = temporaryFolder("profiles");
});

const ACCOUNT = "123456789012";
const running = () => ({
  endpoint: "http://127.0.0.1:4566",
  region: "eu-central-1",
  account: ACCOUNT,
  stateDirectory,
});

/** A profile as the AWS SDK reads it. */
async function profileOf(variables: Readonly<Record<string, string>>, profile: string) {
  const files = {
    configFilepath: variables.AWS_CONFIG_FILE ?? "",
    filepath: variables.AWS_SHARED_CREDENTIALS_FILE ?? "",
  };
  const { configFile } = await loadSharedConfigFiles({ ...files, ignoreCache: true });
  const { accessKeyId } = await fromIni({ profile, ...files, ignoreCache: true })();
  return { accessKeyId, ...configFile[profile] };
}

test("has a profile for each account, by its number, and one for the emulator's own, which is in use", async () => {
  const variables = profileEnvironment(running(), ["222222222222", "222222222222"]);
  for (const account of [ACCOUNT, "222222222222"]) {
    expect(await profileOf(variables, account)).toEqual({
      accessKeyId: account,
      region: "eu-central-1",
      endpoint_url: "http://127.0.0.1:4566",
    });
  }
  expect(variables.AWS_PROFILE).toBe(ACCOUNT);
  await expect(profileOf(variables, "333333333333")).rejects.toThrow(/333333333333/);
});

test("gives no keys, which would win over a profile, and names those that are set already", () => {
  const variables = profileEnvironment(running(), []);
  expect(Object.keys(variables).filter((name) => /KEY/.test(name))).toEqual([]);
  const before = { ...environment(running()), AWS_PROFILE: "work", AWS_SESSION_TOKEN: "x" };
  expect(conflicting(before, variables)).toEqual([
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
  ]);
  // Without profiles the keys are what leads to the emulator, and a profile what leads past it.
  expect(conflicting(before, environment(running()))).toEqual(["AWS_PROFILE", "AWS_SESSION_TOKEN"]);
});

test("writes files that their owner alone reads, and through no link", () => {
  const { AWS_SHARED_CREDENTIALS_FILE: file = "" } = profileEnvironment(running(), []);
  expect(statSync(file).mode & 0o077).toBe(0);
  rmSync(join(stateDirectory, "aws"), { recursive: true });
  symlinkSync(tmpdir(), join(stateDirectory, "aws"));
  expect(() => profileEnvironment(running(), [])).toThrow(/is a link/);
});
