import { restored, summarize } from "../../../cli/state/state-file";

const state = (serial: number, lineage = "one", resources: readonly object[] = []) =>
  JSON.stringify({
    version: 4,
    terraform_version: "1.11.4",
    serial,
    lineage,
    outputs: { url: { value: "x" } },
    resources,
  });

test("a state is summarized without its values", () => {
  const text = state(3, "one", [
    { mode: "managed", type: "aws_x", name: "a", instances: [{ attributes: { password: "secret" } }] },
    {
      module: "module.m",
      mode: "managed",
      type: "aws_x",
      name: "b",
      instances: [{ index_key: "k" }, { index_key: 0 }],
    },
    { mode: "data", type: "aws_x", name: "c", instances: [{}] },
  ]);

  expect(summarize(text)).toEqual({
    serial: 3,
    lineage: "one",
    terraform: "1.11.4",
    resources: ["aws_x.a", 'module.m.aws_x.b["k"]', "module.m.aws_x.b[0]"],
    outputs: ["url"],
  });
});

test("an old state gets a serial above both, and keeps all else", () => {
  const old = state(3, "one", [{ type: "aws_x" }]);

  expect(JSON.parse(restored(old, state(7)))).toEqual({ ...JSON.parse(old), serial: 8 });
  expect(JSON.parse(restored(state(9), state(7))).serial).toBe(10);
  expect(restored(old, undefined)).toBe(old);
});

test("the state of something else is refused, and what is none", () => {
  expect(() => restored(state(3, "other"), state(7))).toThrow("lineage other");
  expect(() => restored("{}", state(7))).toThrow("not a state of Terraform");
  expect(() => summarize("<html>")).toThrow("not a state of Terraform");
});
