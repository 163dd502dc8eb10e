import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findTemplate, templateNames } from "../../previews/template";
import { faultsOf } from "./documents";

test("each file in templates/ is a template with a summary, and short", () => {
  expect(templateNames()).toContain("api-service");
  for (const name of templateNames()) {
    expect(findTemplate(name).summary).toMatch(/^[A-Z].*\.$/);
    const file = join(__dirname, "../../previews/templates", `${name}.ts`);
    expect(readFileSync(file, "utf8").split("\n").length).toBeLessThan(60);
  }
});

test("a name that is not in the list loads nothing", () => {
  for (const name of ["../input", "api-service.ts", "", "toString"]) {
    expect(() => findTemplate(name)).toThrow(`there is no template ${JSON.stringify(name)}`);
  }
});

test("a parameter that a template does not have is refused", () => {
  expect(faultsOf({ config: { parameters: { colour: "red" } } })).toContain(
    "parameters.colour is not a parameter of this template\n  at template api-service\n  use one of container_port, health_check_path",
  );
});
