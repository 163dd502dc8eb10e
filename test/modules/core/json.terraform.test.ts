import { encodedJson, jsonText } from "@groundplan/modules/core";
import { App, Fn, TerraformOutput, TerraformStack, Testing, Token } from "cdktf";
import fc from "fast-check";
import { TerraformFolder } from "../../terraform";

/** Texts that end a text of HCL, or begin something in it, when they are written as they are. */
const HOSTILE = fc
  .sample(
    fc.array(
      fc.constantFrom(
        '"',
        "\\",
        "\n",
        "\r",
        "\t",
        "${",
        "%{",
        "$${",
        "%%{",
        "}",
        "$",
        "%",
        "'",
        "a",
        "é",
        '{"b":1}',
      ),
      { maxLength: 6 },
    ),
    { numRuns: 200, seed: 1 },
  )
  .map((parts) => parts.join(""));

/** What Terraform makes of the outputs of a configuration; it fails where it cannot read them. */
async function outputsOf(text: string, name = "cdk.tf.json"): Promise<Readonly<Record<string, unknown>>> {
  const folder = new TerraformFolder();
  try {
    folder.write(name, text);
    await folder.succeed("init", "-input=false");
    await folder.succeed("apply", "-input=false", "-auto-approve");
    const outputs: Record<string, { value: string }> = JSON.parse(await folder.succeed("output", "-json"));
    return Object.fromEntries(Object.entries(outputs).map(([id, { value }]) => [id, JSON.parse(value)]));
  } finally {
    folder.remove();
  }
}

const known = () => Token.asString(Fn.upper("known"));

test("whatever a text holds, Terraform reads it back, at every depth and beside what it knows later", async () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const document = {
    texts: HOSTILE,
    nested: { '"key" \\ %{': { text: '{"a":"b"}' } },
    number: 1,
    none: null,
  };
  const mixed = `say "${known()}" \\ %{if}`;
  new TerraformOutput(stack, "document", { value: encodedJson(document), staticId: true });
  new TerraformOutput(stack, "mixed", { value: encodedJson({ mixed, list: [known()] }), staticId: true });
  expect(await outputsOf(Testing.synth(stack))).toEqual({
    document,
    mixed: { mixed: 'say "KNOWN" \\ %{if}', list: ["KNOWN"] },
  });
});

test("planted: what CDKTF writes by itself cannot be read", async () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  new TerraformOutput(stack, "document", { value: Fn.jsonencode({ text: '{"a":1}' }), staticId: true });
  await expect(outputsOf(Testing.synth(stack))).rejects.toThrow(/Missing attribute separator/);
});

test("the same holds for a document that is written as HCL", async () => {
  const stack = new TerraformStack(Testing.stubVersion(new App({ hclOutput: true })), "stack");
  const document = { Statement: [{ Sid: known(), Resource: HOSTILE }] };
  new TerraformOutput(stack, "policy", { value: jsonText(document), staticId: true });
  expect(await outputsOf(stack.toHclTerraform().hcl, "cdk.tf")).toEqual({
    policy: { Statement: [{ Sid: "KNOWN", Resource: HOSTILE }] },
  });
});
