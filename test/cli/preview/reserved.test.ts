import { platformNames } from "../../../cli/preview/reserved";

const PLACE = { platform: "acme", environment: "dev" };
const stack = (...values: readonly unknown[]) => ({
  json: { resource: { aws_thing: { one: { values } } } },
});

test("what a stack calls its own, and each beginning of it, is no name of a preview", () => {
  const stacks = [stack("acme-dev-api", { deep: ["acme-dev-runner-scale-up"] }, 7, null)];
  const found = platformNames(stacks, PLACE);
  for (const name of ["api", "runner", "runner-scale", "runner-scale-up"]) expect(found).toContain(name);
  for (const name of ["ap", "run", "scale-up", "shop"]) expect(found).not.toContain(name);
});

test("names of another environment or platform, and those in a longer text, take nothing", () => {
  const others = stack(
    "acme-prod-api",
    "other-dev-api",
    "arn:aws:x:acme-dev-api",
    "acme-dev-${aws_x.y.name}-z",
  );
  const found = platformNames([others], PLACE);
  expect(found).not.toContain("api");
  expect(found).not.toContain("aws");
});

test("what the stack of all previews is called is taken, synthesized or not", () => {
  for (const name of ["previews", "preview-shared", "preview-expire", "preview-wake"])
    expect(platformNames([], PLACE)).toContain(name);
});
