import { artifactPin, pinParameterName } from "@groundplan/modules/artifact";
import { SynthError } from "@groundplan/modules/core";
import { synthesized } from "../network/synthesized";
import { DEV, makeFunction } from "../serverless/fixtures";

const PIN = "jsondecode(data.aws_ssm_parameter.artifact.insecure_value)";

test("functions of several services stand in one stack, and one service's pin is read once", () => {
  const stack = synthesized((scope) => {
    makeFunction(scope, {}, "api");
    makeFunction(scope, { functionName: "groundplan-dev-mail" }, "mail");
    // Asked for again, e.g. by what tells of it.
    artifactPin(scope, DEV, "mail");
  });
  expect(stack.all("aws_ssm_parameter")).toEqual({
    artifact: { name: "/groundplan/dev/api/artifact" },
    "artifact-dev-mail": { name: "/groundplan/dev/mail/artifact" },
  });
  const pins = Object.values(stack.all("aws_lambda_function")).map(
    ({ s3_object_version: version }) => version,
  );
  expect(pins).toEqual([
    `\${${PIN}.versionId}`,
    "${jsondecode(data.aws_ssm_parameter.artifact-dev-mail.insecure_value).versionId}",
  ]);
});

test("a pin is one SSM parameter of the service in its environment", () => {
  expect(pinParameterName(DEV, "api")).toBe("/groundplan/dev/api/artifact");
});

test("refuses a service whose name no parameter, key or function could hold", () => {
  expect(() => synthesized((scope) => artifactPin(scope, DEV, "Api"))).toThrow(SynthError);
});
