import { credentialFaultOf } from "../../../cli/terraform/credential-fault";

const EXPIRED =
  "Error: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 403, api error ExpiredToken: The security token included in\n│ the request is expired";
const SSO =
  "Error: No valid credential sources found\n\nError: failed to refresh cached credentials, refresh cached SSO token failed, unable to refresh SSO token, InvalidGrantException:";
const UNKNOWN = "api error InvalidClientTokenId: The security token included in the request is invalid.";

test.each([
  ["expired", EXPIRED, {}, "the AWS credentials have expired", /aws sso login; or set new AWS_ACCESS_KEY_ID/],
  [
    "expired, of a profile",
    SSO,
    { AWS_PROFILE: "dev" },
    "the AWS credentials have expired",
    /aws sso login --profile dev/,
  ],
  [
    "expired, in a job",
    EXPIRED,
    { GITHUB_ACTIONS: "true" },
    "the AWS credentials have expired",
    /run the job again/,
  ],
  ["unknown", UNKNOWN, {}, "AWS does not know the credentials", /aws sts get-caller-identity/],
  [
    "unknown to the emulator",
    UNKNOWN,
    { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" },
    "AWS does not know the credentials",
    /^eval "\$\(npx groundplan local env\)"$/,
  ],
  [
    "none",
    "Error: No valid credential sources found",
    {},
    "no AWS credentials",
    /aws sso login, or set AWS_PROFILE/,
  ],
  [
    "of another time",
    "RequestTimeTooSkewed: The difference",
    {},
    "AWS refuses the time of this machine",
    /timedatectl/,
  ],
])("credentials that are %s: says which command helps", (_, text, env, what, advice) => {
  const found = credentialFaultOf(text, env);

  expect(found?.what).toBe(what);
  expect(found?.advice.join("\n")).toMatch(advice);
});

test("an error of something else is none of the credentials", () => {
  expect(credentialFaultOf("Error: creating S3 Bucket (a): BucketAlreadyExists", {})).toBeUndefined();
});
