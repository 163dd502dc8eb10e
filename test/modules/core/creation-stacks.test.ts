import type * as core from "@groundplan/modules/core";
import type * as cdktf from "cdktf";

/** What a synth says of a token that cannot be resolved. */
function fault({ Lazy, TerraformOutput, TerraformStack, Testing }: typeof cdktf): string {
  const stack = new TerraformStack(Testing.app(), "dev-network");
  const value = Lazy.stringValue({
    produce: () => {
      throw new Error("no such zone");
    },
  });
  new TerraformOutput(stack, "zone", { value });
  try {
    Testing.synth(stack);
    return "";
  } catch (error) {
    return String(error);
  }
}

test("a token notes no stack, unless the variable asks for it; what is wrong is said in both", async () => {
  // Every suite is set up without these stacks (tools/test/creation-stacks.js): CDKTF is loaded here as a user loads it.
  jest.resetModules();
  const { withoutCreationStacks }: typeof core = await import("@groundplan/modules/core");
  const bindings: typeof cdktf = await import("cdktf");

  withoutCreationStacks({ GROUNDPLAN_CREATION_STACKS: "1" });
  expect(fault(bindings)).toMatch(
    /no such zone[\s\S]*Object creation stack:\n[\s\S]*creation-stacks\.test\.ts/,
  );

  withoutCreationStacks({});
  expect(fault(bindings)).toMatch(/no such zone/);
  expect(fault(bindings)).not.toContain("Object creation stack");
  const token = bindings.Tokenization.reverseString(
    bindings.Lazy.stringValue({ produce: () => "" }),
  ).firstToken;
  expect(token?.creationStack).toEqual([]);
});
