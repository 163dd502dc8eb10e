import { currentRuntimes, nodeTarget, readFunctionSettings } from "../../../cli/artifact/function-settings";
import { DEFAULT_RUNTIME, runtimeFaults } from "../../../modules/serverless/runtimes";

test("what a service says nothing of is what an ArtifactFunction has", () => {
  const settings = readFunctionSettings("node", {}, undefined);
  expect(settings).toMatchObject({
    runtime: DEFAULT_RUNTIME,
    handler: "index.handler",
    architecture: "arm64",
    sourceMap: false,
  });
  expect(readFunctionSettings("python", {}, undefined)).toMatchObject({ handler: "main.handler" });
  expect(readFunctionSettings("go", {}, undefined)).toMatchObject({ runtime: "provided.al2023" });
});

test.each(["node", "python", "go"] as const)(
  "the runtimes of %s are those that a synth takes",
  (language) => {
    const runtimes = currentRuntimes(language);
    expect(runtimes.length).toBeGreaterThan(0);
    expect(runtimes.flatMap(runtimeFaults)).toEqual([]);
  },
);

test("the target of a bundle is the Node of its runtime", () => {
  expect(nodeTarget({ runtime: "nodejs24.x" })).toBe("node24");
});

test.each([
  ["node", { runtime: "nodejs99.x" }, /no runtime for node that this version knows/],
  ["node", { runtime: "python3.13" }, /no runtime for node/],
  ["python", { runtime: "python3.9" }, /deprecated since 2025-12-15/],
  ["node", { handler: "main.handler" }, /the bundle is the file index/],
  ["node", { handler: "index" }, /the bundle is the file index/],
  ["node", { handler: 1 }, /"groundplan.handler" is 1/],
  ["python", { handler: "main" }, /"groundplan.handler" is "main"/],
  ["go", { handler: "main.handler" }, /a Go function has only bootstrap/],
  ["node", { architecture: "amd64" }, /"groundplan.architecture" is "amd64"/],
  ["node", { sourceMap: "yes" }, /"groundplan.sourceMap" is not true or false/],
  ["node", { external: ["../x"] }, /"groundplan.external" is not a list of packages/],
] as const)("planted fault: of %s, %j is refused", (language, groundplan, message) => {
  const fault = readFunctionSettings(language, groundplan, undefined);
  expect("what" in fault ? fault.what : "").toMatch(message);
  expect("instead" in fault ? fault.instead : "").toMatch(/use|leave|write|name/);
});
