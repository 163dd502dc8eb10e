import { readFileSync } from "node:fs";
import { join } from "node:path";
import { passVariableFiles } from "../../../cli/terraform/variable-files";
import { build } from "../groundplan";
import { PlainApp } from "../plain-app";

const variable = { size: { type: "string" }, key: { type: "string", sensitive: true } };
const resource = {
  terraform_data: { a: { input: "${var.size}" }, b: { input: "${nonsensitive(var.key)}" } },
};

test("plan reads the files in their order, whatever their names, and masks what is sensitive in them", async () => {
  build();
  const app = new PlainApp({ shop: { json: { variable, resource } } });
  try {
    app.write("base.tfvars", 'size = "small"\n');
    const odd = 'it\'s $HOME ("ü").tfvars';
    app.write(odd, 'size = "large"\nkey = "a-very-secret-value"\n');
    const run = await app.groundplan(["plan", "--json", "--var-file", "base.tfvars", "--var-file", odd]);
    expect(JSON.parse(run.stdout)).toMatchObject({ stacks: [{ status: "changed", counts: { create: 2 } }] });
    const [{ files }] = (JSON.parse(run.stdout) as { stacks: [{ files: { text: string } }] }).stacks;
    const text = readFileSync(join(app.path, ".groundplan", "plan", files.text), "utf8");
    expect(text).toContain('"large"');
    expect(text).not.toContain("a-very-secret");
  } finally {
    app.remove();
  }
});

test("what is there stays, and a file that is not is refused at once", () => {
  const environment = { TF_CLI_ARGS_plan: "-parallelism=5" };
  passVariableFiles([], environment);
  passVariableFiles([__filename], environment);
  expect(environment.TF_CLI_ARGS_plan).toBe(`-parallelism=5 -var-file=${__filename}`);
  expect(() => passVariableFiles(["nowhere.tfvars"], environment)).toThrow(
    /no file nowhere\.tfvars\n.*\n.*--var-file/,
  );
});
