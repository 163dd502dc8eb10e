import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHART, ENVIRONMENTS, succeed, tool } from "../manifests/render";
import { temporaryFolder } from "../temporary-folder";

test("the chart by itself, and with the values of each environment, passes `helm lint --strict`", async () => {
  const lint = (values: readonly string[]) => succeed(tool("helm", ["lint", "--strict", CHART, ...values]));
  const files = ENVIRONMENTS.map((name) => ["--values", `${CHART}/values-${name}.yaml`]);
  for (const said of await Promise.all([[], ...files].map(lint))) expect(said).toContain("0 chart(s) failed");
});

test.each([
  ["templates/service.yaml", "port: {{", "port: {", "unable to parse YAML"],
  ["templates/pdb.yaml", "app.checkBudget", "app.check", 'no template "app.check" associated'],
  ["Chart.yaml", "version: 0.1.0", "version: one", "version 'one' is not a valid SemVer"],
  ["values.yaml", "minReplicas: 2", "minReplicas: two", "at '/autoscaling/minReplicas': got string"],
])("planted: lint finds %s with %j changed to %j", async (file, from, to, said) => {
  const copy = temporaryFolder("chart");
  try {
    cpSync(CHART, copy, { recursive: true });
    const text = readFileSync(join(copy, file), "utf8");
    expect(text).toContain(from);
    writeFileSync(join(copy, file), text.replace(from, to));
    const { code, output } = await tool("helm", ["lint", "--strict", copy]);
    expect(output).toContain(said);
    expect(code).not.toBe(0);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
