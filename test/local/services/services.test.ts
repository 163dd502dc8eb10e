import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineName } from "../../../local/engines/engine";
import { SERVICES } from "../../../local/services";
import { patchesOf, serve } from "../../../local/services/serve";
import type { Service } from "../../../local/services/service";
import { NOTHING_KEPT } from "./context";

const FOLDER = join(__dirname, "../../../local/services");

/** Python files of the services, as paths within `local/services`. */
const PYTHON = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".py"),
);

/** Folders that no service has, and services without a folder. */
function unregistered(folders: readonly string[], services: readonly Pick<Service, "name">[]): string[] {
  const names = services.map(({ name }) => name);
  return [
    ...folders.filter((folder) => !names.includes(folder)).map((folder) => `${folder} is not registered`),
    ...names.filter((name) => !folders.includes(name)).map((name) => `${name} has no folder`),
  ];
}

/** Python files that no emulator loads: they are neither a patch nor imported by a file that is loaded. */
function unloaded(files: Readonly<Record<string, string>>, services: readonly Service[]): string[] {
  const engines: readonly EngineName[] = ["moto", "ministack"];
  const loaded = new Set(engines.flatMap((engine) => patchesOf(services, engine)));
  for (const module of loaded) {
    const text = files[`${module.replace(/^services\./, "").replaceAll(".", "/")}.py`] ?? "";
    for (const [, imported = ""] of text.matchAll(/^from (services\.[\w.-]+) import /gm))
      loaded.add(imported);
  }
  const modules = Object.keys(files).map((path) => [path, `services.${path.replace(/\.py$/, "")}`] as const);
  return modules.filter(([, module]) => !loaded.has(module.replaceAll("/", "."))).map(([path]) => path);
}

const sources = (): Record<string, string> =>
  Object.fromEntries(PYTHON.map((path) => [path, readFileSync(join(FOLDER, path), "utf8")]));

/** Patches that name no file of their service's folder, or one without `install()`. */
function broken(files: Readonly<Record<string, string>>, services: readonly Service[]): string[] {
  return services.flatMap(({ name, patches = [] }) =>
    patches
      .map((file) => `${name}/${file}`)
      .filter((path) => !/^def install\(\) -> None:$/m.test(files[path] ?? "")),
  );
}

const LAMBDA: Service = { name: "lambda", engine: "ministack", why: "runs functions", patches: ["patch.py"] };

test("every folder of local/services is registered, and every service has a folder", () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(
    unregistered(
      folders.map(({ name }) => name).filter((name) => name !== "__pycache__"),
      SERVICES,
    ),
  ).toEqual([]);
});

test("planted fault: a folder without a row, and a row without a folder, are found", () => {
  expect(unregistered(["lambda", "glue"], [LAMBDA, { name: "kms" }])).toEqual([
    "glue is not registered",
    "kms has no folder",
  ]);
});

test("each service has one row, with a reason", () => {
  const names = SERVICES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, why } of SERVICES) {
    expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(why.length).toBeGreaterThan(3);
  }
});

test("every Python file of a service is loaded by an emulator", () => {
  expect(PYTHON).toContain(join("lambda", "patch.py"));
  expect(unloaded(sources(), SERVICES)).toEqual([]);
});

test("planted fault: a patch that no row names is found, also where a patch of another engine imports it", () => {
  const files = { "lambda/patch.py": "", "lambda/forgotten.py": "def install() -> None:\n" };
  expect(unloaded(files, [LAMBDA])).toEqual(["lambda/forgotten.py"]);
  expect(unloaded(files, [{ ...LAMBDA, engine: "gateway" }])).toEqual(Object.keys(files));
  const imported = { ...files, "lambda/patch.py": "from services.lambda.forgotten import something\n" };
  expect(unloaded(imported, [LAMBDA])).toEqual([]);
});

test("every patch is a file of its service with install()", () => {
  expect(broken(sources(), SERVICES)).toEqual([]);
});

test("planted fault: a patch that is not there, and one without install(), are found", () => {
  const service = { ...LAMBDA, patches: ["patch.py", "gone.py"] };
  expect(broken({ "lambda/patch.py": "def start() -> None:\n" }, [service])).toEqual([
    "lambda/patch.py",
    "lambda/gone.py",
  ]);
});

test("the two emulators get their own patches, as Python modules", () => {
  expect(patchesOf([LAMBDA, { ...LAMBDA, name: "monitoring", engine: "moto" }], "moto")).toEqual([
    "services.monitoring.patch",
  ]);
});

test("what a service registers is served: its operations, corrections and guards", () => {
  const { stateFile: _, ...shared } = NOTHING_KEPT;
  const served = serve(SERVICES, { ...shared, stateFileOf: () => undefined });
  const shown = served.map(({ name, own, corrections, guards }) => ({
    name,
    own: own !== undefined,
    mended: corrections.length + guards.length > 0,
  }));
  expect(shown.filter(({ own, mended }) => own || mended)).toEqual([
    { name: "s3", own: true, mended: true },
    { name: "sts", own: false, mended: true },
    { name: "apigateway", own: false, mended: true },
    { name: "logs", own: true, mended: false },
    { name: "ec2", own: true, mended: true },
    { name: "iam", own: false, mended: true },
    { name: "ecr", own: true, mended: true },
    { name: "ecr-public", own: true, mended: false },
    { name: "ecs", own: true, mended: false },
    { name: "eks", own: true, mended: false },
    { name: "ssm", own: false, mended: true },
    { name: "elasticloadbalancing", own: true, mended: true },
    { name: "autoscaling", own: false, mended: true },
    { name: "application-autoscaling", own: true, mended: false },
    { name: "rds", own: true, mended: true },
    { name: "route53", own: false, mended: true },
    { name: "servicequotas", own: false, mended: true },
  ]);
});

test("a service that the gateway answers has operations for all that it is asked", () => {
  for (const { name, operations } of SERVICES.filter(({ engine }) => engine === "gateway")) {
    expect([name, operations?.(NOTHING_KEPT).answers("Anything")]).toEqual([name, true]);
  }
});
