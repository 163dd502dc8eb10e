import { withoutCreationStacks } from "@groundplan/modules/core";
import { Lazy, TerraformOutput, TerraformStack, Testing, Tokenization } from "cdktf";

/** What a synth says of a token that cannot be resolved. */
function fault(): string {
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

test("a token notes no stack, unless the variable asks for it; what is wrong is said in both", () => {
  withoutCreationStacks({ GROUNDPLAN_CREATION_STACKS: "1" });
  expect(fault()).toMatch(/no such zone[\s\S]*Object creation stack:\n[\s\S]*creation-stacks\.test\.ts/);

  withoutCreationStacks({});
  expect(fault()).toMatch(/no such zone/);
  expect(fault()).not.toContain("Object creation stack");
  const token = Tokenization.reverseString(Lazy.stringValue({ produce: () => "" })).firstToken;
  expect(token?.creationStack).toEqual([]);
});
