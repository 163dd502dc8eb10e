import { defaultSettings } from "../../../../cli/artifact/function-settings";
import { checkAgreement } from "../../../../cli/artifact/lambda/agreement";
import type { Service } from "../../../../cli/artifact/service";
import type { Target } from "../../../../cli/artifact/target";

const SERVICE: Service = {
  kind: "lambda",
  name: "web",
  folder: "/services/web",
  entry: "/services/web/main.ts",
  include: [],
  settings: defaultSettings("node"),
};

/** A target whose stack has this function. */
function target(declared: object | undefined): Target {
  const resource = declared === undefined ? {} : { aws_lambda_function: { f: declared } };
  const stack = { name: "dev-web", folder: "/nowhere", dependencies: [], json: { resource } };
  return { stack, functionAddress: "aws_lambda_function.f" } as unknown as Target;
}

test.each([
  ["the same", { runtime: "nodejs22.x", handler: "index.handler", architectures: ["arm64"] }],
  ["what only Terraform knows", { runtime: "${var.runtime}", handler: "index.handler" }],
  ["nothing", {}],
  ["no function", undefined],
])("a stack with %s agrees", (_, declared) => {
  expect(() => checkAgreement(SERVICE, [target(declared)])).not.toThrow();
});

test("planted fault: every difference is told, with both places", () => {
  const other = target({ runtime: "nodejs24.x", handler: "index.main", architectures: ["x86_64"] });
  expect(() => checkAgreement(SERVICE, [other, other])).toThrow(
    [
      "service web is built for another function than its stack has",
      "runtime is nodejs22.x for the build, and nodejs24.x in stack dev-web",
      "handler is index.handler for the build, and index.main in stack dev-web",
      "architecture is arm64 for the build, and x86_64 in stack dev-web",
      "say the same in both",
    ].join("\n  "),
  );
});
