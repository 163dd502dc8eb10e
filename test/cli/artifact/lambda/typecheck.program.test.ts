import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkTypes as checkTypesAs } from "../../../../cli/artifact/lambda/typecheck";
import { type Service, serviceNamed } from "../../../../cli/artifact/service";
import { temporaryFolder } from "../../../temporary-folder";
import { build, groundplan } from "../../groundplan";

const ROOT = join(__dirname, "..", "..", "..", "..");

let root: string;

const checkTypes = (service: Service, isModule = false) => checkTypesAs(service, Promise.resolve(isModule));

beforeEach(() => {
  root = temporaryFolder("typecheck");
});

afterEach(() => rmSync(root, { recursive: true }));

/** A service of one source, with the repository's own settings of TypeScript unless it has none. */
function service(source: string, { config = true, compiler = true, main = "index.ts" } = {}) {
  const folder = join(root, "services", "web");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ main }));
  writeFileSync(join(folder, main), source);
  const settings = {
    extends: join(ROOT, "tsconfig.base.json"),
    compilerOptions: { types: [], outDir: "dist" },
    include: ["*.ts"],
  };
  if (config) writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  mkdirSync(join(root, "node_modules"));
  if (compiler) symlinkSync(join(ROOT, "node_modules/typescript"), join(root, "node_modules/typescript"));
  return serviceNamed({ root, app: "", output: join(root, "cdktf.out") }, "web");
}

const RIGHT = "export const handler = async (): Promise<number> => 1;";
const WRONG = 'export const handler = async (): Promise<number> => "x";';
const MESSAGE =
  /service web has errors of types\n {2}index\.ts\(1,\d+\): error TS2322: Type 'string' is not assignable[\s\S]*--no-typecheck/;

test("sources with right types pass, and nothing is written", async () => {
  const made = service(RIGHT);
  await checkTypes(made);
  expect(() => rmSync(join(made.folder, "dist"))).toThrow(/ENOENT/);
});

test("planted fault: an error of types is told in TypeScript's words", async () => {
  await expect(checkTypes(service(WRONG))).rejects.toThrow(MESSAGE);
});

test("planted fault: without a tsconfig.json too", async () => {
  await expect(checkTypes(service(WRONG, { config: false }))).rejects.toThrow(MESSAGE);
});

test("planted fault: an image of wrong types is not built, whatever could build it", async () => {
  build();
  const { folder } = service(WRONG);
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nUSER 1000:1000\n");
  writeFileSync(join(root, "cdktf.json"), '{ "language": "typescript", "app": "true" }');
  const made = (...more: readonly string[]) =>
    groundplan(["artifact", "build", "web", "--builder", "none", ...more], { cwd: root });
  expect(await made()).toMatchObject({ code: 1, stderr: expect.stringMatching(MESSAGE) });
  // Without the check it gets as far as the builder.
  expect(await made("--no-typecheck")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no builder "none"'),
  });
});

const TOP_LEVEL_AWAIT = "const x = await Promise.resolve(1); export const handler = async () => x;";

test("await outside of functions is right where the bundle is an ES module", async () => {
  await checkTypes(service(TOP_LEVEL_AWAIT), true);
});

test("planted fault: where it is CommonJS, it is an error", async () => {
  await expect(checkTypes(service(TOP_LEVEL_AWAIT))).rejects.toThrow(/error TS1309/);
});

test("planted fault: beside it, an error of types is one in an ES module too", async () => {
  await expect(
    checkTypes(service(`${TOP_LEVEL_AWAIT} export const one: number = "x";`), true),
  ).rejects.toThrow(/errors of types\n.*error TS2322[^\n]*\n {2}mend/);
});

test("a source in JavaScript has no types to check", async () => {
  await checkTypes(service("exports.handler = async () => 1;", { main: "index.js", compiler: false }));
});

test("planted fault: without TypeScript it is told how to get it, and how to go without", async () => {
  await expect(checkTypes(service(RIGHT, { compiler: false }))).rejects.toThrow(
    /TypeScript is not installed[\s\S]*npm install --save-dev typescript; .*--no-typecheck/,
  );
});

test("without settings of its own, those of a folder above are no error, and types of Node are known", async () => {
  const web = service("export const handler = async (): Promise<string> => process.version;", {
    config: false,
  });
  writeFileSync(join(root, "tsconfig.json"), JSON.stringify({ include: ["main.ts"] }));
  mkdirSync(join(root, "node_modules/@types"));
  symlinkSync(join(ROOT, "node_modules/@types/node"), join(root, "node_modules/@types/node"));
  await expect(checkTypes(web)).resolves.toBeUndefined();
});
