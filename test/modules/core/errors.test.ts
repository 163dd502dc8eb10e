import { Faults, SynthError } from "@groundplan/modules/core";
import { TerraformStack, Testing } from "cdktf";
import { Construct } from "constructs";

test("a fault says what, where and what to write instead", () => {
  const stack = new TerraformStack(Testing.app(), "dev-network");
  const error = new SynthError(new Construct(stack, "vpc"), [
    { what: "range is too small", instead: "use a /24" },
  ]);
  expect(error.message).toBe("range is too small\n  at dev-network/vpc\n  use a /24");
  expect(error).toMatchObject({ name: "SynthError", place: "dev-network/vpc" });
});

test("several faults come in one error, in their order, each at its own place where it has one", () => {
  const faults = new Faults();
  faults.add("first", "use 1");
  faults.addAll([{ what: "second", instead: "use 2", at: 'overlay "dev"' }]);
  expect(() => faults.throwIfAny("overlays")).toThrow(
    new SynthError("overlays", [
      { what: "first", instead: "use 1" },
      { what: "second", instead: "use 2", at: 'overlay "dev"' },
    ]),
  );
  expect(new SynthError("overlays", faults.all).message).toBe(
    'first\n  at overlays\n  use 1\n\nsecond\n  at overlay "dev"\n  use 2',
  );
});

test("no fault, no error", () => {
  expect(() => new Faults().throwIfAny("anywhere")).not.toThrow();
});
