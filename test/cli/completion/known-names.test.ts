import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownNames } from "../../../cli/completion/known-names";
import { type SmallApp, smallApp } from "../small-app";

let app: SmallApp;
beforeEach(() => {
  app = smallApp({ "dev-network": {}, "prod-network": {}, state: {} });
});
afterEach(() => app.remove());

test("the stacks that were synthesized last, and their environments, from any folder of the project", () => {
  mkdirSync(join(app.folder, "src"));

  expect(knownNames(join(app.folder, "src"))).toEqual({
    stacks: ["dev-network", "prod-network", "state"],
    environments: ["dev", "prod"],
  });
});

test("the output that cdktf.json names is read", () => {
  writeFileSync(join(app.folder, "cdktf.json"), JSON.stringify({ app: "true", output: "app.out" }));
  writeFileSync(join(app.folder, "cdktf.out", "manifest.json"), "{");

  expect(knownNames(app.folder).stacks).toHaveLength(3);
});

test.each(["{", '{"stacks":null}', "[]", ""])("a manifest of %j gives no names, and no error", (text) => {
  writeFileSync(join(app.folder, "cdktf.out", "manifest.json"), text);

  expect(knownNames(app.folder)).toEqual({ stacks: [], environments: [] });
});

test("outside of a project there are none", () => {
  expect(knownNames(tmpdir())).toEqual({ stacks: [], environments: [] });
});

test.each(["$(touch x)", "`id`", "a b", "-rf", "a;b", "a\nb"])(
  "a name that a shell would not take as it is, %j, is left out",
  (name) => {
    const manifest = JSON.stringify({ stacks: { [name]: {}, "dev-a": {} } });
    writeFileSync(join(app.folder, "cdktf.out", "manifest.json"), manifest);

    expect(knownNames(app.folder).stacks).toEqual(["dev-a"]);
  },
);
