import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unreachable } from "../../../cli/aws/errors";
import { profileFaultOf } from "../../../cli/aws/profiles";
import { credentialFaultOf } from "../../../cli/terraform/credential-fault";
import { temporaryFolder } from "../../temporary-folder";

let env: Record<string, string>;
beforeEach(() => {
  const folder = temporaryFolder("profiles");
  env = {
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  };
  writeFileSync(
    join(folder, "config"),
    '[default]\nregion = us-east-1\n[profile "prod"]\n[ profile dev ]\n[sso-session corp]\n',
  );
  writeFileSync(join(folder, "credentials"), "[ci]\naws_access_key_id = a\n");
});

test("a profile that is in neither file is named, with those that are there", () => {
  expect(profileFaultOf("prdo", env)).toEqual({
    what: `there is no AWS profile prdo in ${env.AWS_CONFIG_FILE} or ${env.AWS_SHARED_CREDENTIALS_FILE}`,
    advice: [
      "did you mean prod?",
      "use one of ci, default, dev, prod",
      "or write it: aws configure sso --profile prdo",
    ],
  });
  expect(profileFaultOf("corp", env)).toBeDefined();
  for (const name of ["prod", "dev", "default", "ci"]) expect(profileFaultOf(name, env)).toBeUndefined();
});

test("without any file it says how one is written", () => {
  const none = { AWS_CONFIG_FILE: "/none/config", AWS_SHARED_CREDENTIALS_FILE: "/none/credentials" };

  expect(profileFaultOf("dev", none)?.advice).toEqual(["write it: aws configure sso --profile dev"]);
});

test("Terraform's error of such a profile says the same", () => {
  const text = "Initializing the backend...\n\nError: failed to get shared config profile, prdo\n\n";

  expect(credentialFaultOf(text, env)).toEqual(profileFaultOf("prdo", env));
});

test("so does an answer of the SDK; a profile that is there has to sign in", () => {
  const before = { ...process.env };
  const error = Object.assign(new Error("Could not load credentials from any providers"), {
    name: "CredentialsProviderError",
  });
  try {
    Object.assign(process.env, env, { AWS_PROFILE: "prdo" });
    expect(unreachable(error).message).toContain("there is no AWS profile prdo");
    process.env.AWS_PROFILE = "prod";
    expect(unreachable(error).message).toMatch(
      /^no AWS credentials of profile prod\n.*aws sso login --profile prod/,
    );
  } finally {
    process.env = before;
  }
});
