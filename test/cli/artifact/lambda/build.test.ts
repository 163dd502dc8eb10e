import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceNameFaults } from "@groundplan/modules/artifact";
import { unzipSync } from "fflate";
import type { BuiltArtifact } from "../../../../cli/artifact/built";
import { buildArtifact } from "../../../../cli/artifact/lambda/build";
import { serviceNamed, servicesOf } from "../../../../cli/artifact/service";
import type { Project } from "../../../../cli/project/project";

const SERVICES = join(__dirname, "..", "..", "..", "..", "services");

let folders: string[] = [];

/** A project of its own with the repository's service, at a path of another length each time. */
function project(files: Readonly<Record<string, string>> = {}): Project {
  const root = mkdtempSync(join(tmpdir(), `groundplan-${"build-".repeat(folders.length + 1)}`));
  folders.push(root);
  const filter = (path: string) => !/api\/(?:dist|node_modules)/.test(path);
  cpSync(join(SERVICES, "api"), join(root, "services", "api"), { recursive: true, filter });
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, "services", path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, content);
  }
  return { root, app: "", output: join(root, "cdktf.out") };
}

const built = (made: Project, name?: string): Promise<BuiltArtifact> =>
  buildArtifact(made, serviceNamed(made, name), { typecheck: false });

afterEach(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders = [];
});

test("the same source in another folder is the same bytes", async () => {
  const one = await built(project());
  const other = await built(project());
  expect(other.file).not.toBe(one.file);
  expect(readFileSync(other.file).equals(readFileSync(one.file))).toBe(true);
  expect(one.file).toContain(one.sha256.slice(0, 12));
});

test("the configuration around the service has no say, and a comment changes nothing", async () => {
  const one = await built(project());
  const other = await built(project({ "api/tsconfig.json": '{ "compilerOptions": { "target": "es5" } }' }));
  expect(other.sha256).toBe(one.sha256);
  const changed = await built(
    project({
      "api/src/http.ts": readFileSync(join(SERVICES, "api/src/http.ts"), "utf8").replace(
        "no-store",
        "no-cache",
      ),
    }),
  );
  expect(changed.sha256).not.toBe(one.sha256);
});

test("what is built answers", async () => {
  const made = await built(project());
  const module = { exports: {} as { handler?: (event: object) => Promise<{ body: string }> } };
  const code = Buffer.from(unzipSync(made.bytes)["index.js"] ?? []).toString();
  new Function("module", "exports", "require", "process", code)(module, module.exports, require, process);
  const event = { rawPath: "/ranges/10.0.0.9/24", requestContext: { http: { method: "GET" } } };
  expect(JSON.parse((await module.exports.handler?.(event))?.body ?? "")).toMatchObject({
    cidr: "10.0.0.0/24",
  });
});

const PACKAGE = (more: object = {}) => JSON.stringify({ main: "main.ts", ...more });

test("included files go in as they are", async () => {
  const made = project({
    "web/package.json": PACKAGE({ groundplan: { include: ["pages"] } }),
    "web/main.ts": "export const handler = async () => 1;",
    "web/pages/deep/a.html": "<p>",
  });
  expect(servicesOf(made).map(({ name }) => name)).toEqual(["api", "web"]);
  const { bytes } = await built(made, "web");
  expect(Object.keys(unzipSync(bytes))).toEqual(["index.js", "pages/deep/a.html"]);
});

/** A service of one source, built. */
const web = async (source: string, files: Readonly<Record<string, string>> = {}, more: object = {}) =>
  built(project({ "web/package.json": PACKAGE(more), "web/main.ts": source, ...files }), "web");
const namesIn = ({ bytes }: BuiltArtifact) => Object.keys(unzipSync(bytes));
const textIn = ({ bytes }: BuiltArtifact, name: string) =>
  Buffer.from(unzipSync(bytes)[name] ?? []).toString();

const TOP_LEVEL_AWAIT = "const x = await Promise.resolve(1); export const handler = async () => x;";

test("what awaits outside of functions is an ES module, as Node takes it", async () => {
  const made = await web(TOP_LEVEL_AWAIT);
  expect(namesIn(made)).toEqual(["index.mjs"]);
  expect(textIn(made, "index.mjs")).toContain("export{handler}");
});

test("what reads import.meta is an ES module", async () => {
  expect(namesIn(await web("export const handler = async () => import.meta.url;"))).toEqual(["index.mjs"]);
});

test.each([
  ["module", "index.mjs"],
  ["commonjs", "index.js"],
])("the type %s of package.json is that of the bundle %s", async (type, name) => {
  expect(namesIn(await web("export const handler = async () => 1;", {}, { type }))).toEqual([name]);
});

test("planted fault: await outside of functions in a package of the type commonjs is told, with the way out", async () => {
  await expect(web(TOP_LEVEL_AWAIT, {}, { type: "commonjs" })).rejects.toThrow(
    /does not build\n {2}main\.ts:1:\d+ Top-level await[\s\S]*write "type": "module"/,
  );
});

test("a package in CommonJS that an ES module bundles may require Node's modules, and knows its place", async () => {
  const source = 'import { place } from "./place.cjs"; export const handler = async () => place;';
  const made = await web(
    source,
    { "web/place.cjs": 'exports.place = require("node:path").basename(__dirname);' },
    { type: "module" },
  );
  const code = textIn(made, "index.mjs");
  expect(code).toContain("const require=__groundplanRequire(import.meta.url)");
  expect(code).toContain("import.meta.dirname");
  expect(code).not.toContain("__dirname");
});

test("planted fault: a deprecated runtime is refused, with those that are not", async () => {
  await expect(web("", {}, { groundplan: { runtime: "nodejs20.x" } })).rejects.toThrow(
    /"nodejs20\.x", which is deprecated since 2026-04-30[\s\S]*use one of nodejs22\.x, nodejs24\.x/,
  );
});

test("planted fault: a bundle without the handler is refused, with what it exports", async () => {
  await expect(web("export const main = async () => 1;")).rejects.toThrow(
    /has no export handler, which its handler index\.handler names: it has main[\s\S]*"handler": "index\.main"/,
  );
});

test("planted fault: an ES module without the handler is refused", async () => {
  await expect(web("export const main = async () => 1;", {}, { type: "module" })).rejects.toThrow(
    /has no export handler/,
  );
});

test("planted fault: a source in CommonJS that never names its handler is refused", async () => {
  const files = {
    "web/main.cjs": "exports.main = async () => 1;",
    "web/package.json": '{ "main": "main.cjs" }',
  };
  await expect(web("", files)).rejects.toThrow(/has no export handler/);
});

test.each([
  ["another name", "export const main = async () => 1;", { groundplan: { handler: "index.main" } }],
  ["an export of another file", 'export * from "./other";', {}],
  ["a source in CommonJS", "exports.handler = async () => 1;", {}],
])("a handler by %s is found", async (_, source, more) => {
  const files = { "web/other.ts": "export const handler = async () => 1;" };
  expect(namesIn(await web(source, files, more))).toEqual(["index.js"]);
});

const READS = (place: string) =>
  `import { readFileSync } from "node:fs"; import { dirname, join } from "node:path"; import { fileURLToPath } from "node:url";
export const handler = async () => readFileSync(${place}, "utf8");`;

test.each([
  'join(__dirname, "page.html")',
  "`${__dirname}/page.html`",
  '__dirname + "/page.html"',
  'new URL("./page.html", import.meta.url)',
  'fileURLToPath(new URL("page.html", import.meta.url))',
  'join(dirname(fileURLToPath(import.meta.url)), "page.html")',
  'join(import.meta.dirname, "page.html")',
])("a file that is read beside the source by %s goes in, where the bundle looks for it", async (place) => {
  const files = {
    "web/package.json": '{ "main": "src/index.ts" }',
    "web/src/index.ts": READS(place),
    "web/src/page.html": "<p>",
  };
  const made = await web("", files);
  expect(textIn(made, "page.html")).toBe("<p>");
  expect(made.warnings).toEqual([]);
});

test("a folder beside the source goes in, and a place by the name of a constant", async () => {
  const source =
    'import { join } from "node:path"; const pages = join(__dirname, "pages"); export const handler = async (name: string) => join(pages, "a.html");';
  const made = await web(source, { "web/pages/a.html": "<p>", "web/pages/deep/b.html": "<b>" });
  expect(namesIn(made)).toEqual(["index.js", "pages/a.html", "pages/deep/b.html"]);
});

test.each([
  [
    "is not there",
    'join(__dirname, "page.html")',
    /main\.ts:2 reads page\.html beside itself, which is not in the zip.*groundplan\.include/,
  ],
  [
    "lies above",
    'join(__dirname, "../page.html")',
    /main\.ts:2 reads \.\.\/page\.html beside itself, which lies outside of the zip/,
  ],
  [
    "only a run knows",
    "join(__dirname, String(process.argv[2]))",
    /main\.ts:2 .*only a run knows which.*groundplan\.include/,
  ],
])("planted fault: of a file beside the source that %s, a warning is given", async (_, place, message) => {
  const { warnings } = await web(READS(place));
  expect(warnings).toEqual([expect.stringMatching(message)]);
});

test("of an included file no warning is given", async () => {
  const made = await web(
    READS('join(__dirname, "pages/a.html")'),
    { "web/pages/a.html": "<p>" },
    {
      groundplan: { include: ["pages"] },
    },
  );
  expect(made.warnings).toEqual([]);
  expect(namesIn(made)).toEqual(["index.js", "pages/a.html"]);
});

test("a source map comes with the bundle where it is asked for", async () => {
  const made = await web("export const handler = async () => 1;", {}, { groundplan: { sourceMap: true } });
  expect(namesIn(made)).toEqual(["index.js", "index.js.map"]);
  expect(textIn(made, "index.js")).toContain("sourceMappingURL=index.js.map");
  expect(JSON.parse(textIn(made, "index.js.map"))).toMatchObject({ sources: ["main.ts"] });
});

const WEB = {
  "web/package.json": PACKAGE({ groundplan: { include: ["pages"] } }),
  "web/main.ts": "export const handler = async () => 1;",
  "web/pages/a.html": "<p>",
};

test("a link within the service is what it leads to, and what desktops leave is left out", async () => {
  const made = project({ ...WEB, "web/pages/.DS_Store": "x", "web/pages/a.html~": "x", "web/other/b": "b" });
  symlinkSync("../other", join(made.root, "services/web/pages/more"));
  const { bytes } = await built(made, "web");
  expect(Object.keys(unzipSync(bytes))).toEqual(["index.js", "pages/a.html", "pages/more/b"]);
});

test.each([
  ["to a secret of another folder", "../../../secret", /pages\/x, a link to what is not the service's/],
  ["to the folder that it is in", ".", /pages\/x, a link to a folder that it is in/],
  ["to itself", "x", /pages\/x, which is not there/],
  ["to nothing", "gone", /pages\/x, which is not there/],
])("a link %s is refused", async (_, to, message) => {
  const made = project(WEB);
  writeFileSync(join(made.root, "secret"), "s3cr3t");
  symlinkSync(to, join(made.root, "services/web/pages/x"));
  await expect(built(made, "web")).rejects.toThrow(message);
});

test.each(["Order_Intake", "-a", "a--b", "1a", "a".repeat(27), "order-intake", "a", "a".repeat(26), "a1-b2"])(
  "%s is a service's name in a folder when it is one in a stack",
  (name) => {
    const made = project({ [`${name}/package.json`]: PACKAGE(), [`${name}/main.ts`]: "" });
    const read = () => serviceNamed(made, name);
    if (serviceNameFaults(name).length === 0) expect(read().name).toBe(name);
    else expect(read).toThrow(/service name .* is not valid: 1 to 26 lower-case/);
  },
);

test("a function that is to be named is not taken for the only one", () => {
  const expire = '{ "main": "main.ts", "groundplan": { "byName": true } }';
  const made = project({ "expire/package.json": expire, "expire/main.ts": "" });
  expect(serviceNamed(made, undefined).name).toBe("api");
  expect(serviceNamed(made, "expire").name).toBe("expire");
});

test("a service with a fault stops no command that names another", async () => {
  const made = project({ "web/package.json": "{" });
  expect((await built(made, "api")).service).toBe("api");
  expect(() => serviceNamed(made, "web")).toThrow(/it cannot be read/);
  expect(() => serviceNamed(made, undefined)).toThrow(/it cannot be read/);
});

test.each<[string, Record<string, string>, string | undefined, RegExp]>([
  [
    "a byName that is neither",
    { "web/package.json": '{ "main": "main.ts", "groundplan": { "byName": "yes" } }', "web/main.ts": "" },
    "web",
    /"groundplan.byName" is not true or false/,
  ],
  [
    "several and none named",
    { "web/package.json": PACKAGE(), "web/main.ts": "" },
    undefined,
    /which service\?\n.*api, web/,
  ],
  ["one that is not there", {}, "nothing", /there is no service "nothing"[\s\S]*use one of api/],
  ["no entry", { "web/package.json": "{}" }, "web", /service web has no "main"/],
  ["a broken package.json", { "web/package.json": "{" }, "web", /it cannot be read/],
  [
    "source that does not parse",
    { "web/package.json": PACKAGE(), "web/main.ts": "const x = ;" },
    "web",
    /does not build\n {2}main.ts:1:11/,
  ],
  [
    "an import that is not there",
    { "web/package.json": PACKAGE(), "web/main.ts": 'import "./gone";' },
    "web",
    /Could not resolve "\.\/gone"/,
  ],
  [
    "an include that is not there",
    { "web/package.json": PACKAGE({ groundplan: { include: ["x"] } }), "web/main.ts": "" },
    "web",
    /includes x, which is not there/,
  ],
  [
    "an include outside",
    { "web/package.json": PACKAGE({ groundplan: { include: ["../api"] } }), "web/main.ts": "" },
    "web",
    /leaves the service's folder: \.\.\/api/,
  ],
  [
    "an include of the bundle's name",
    {
      "web/package.json": PACKAGE({ groundplan: { include: ["index.js"] } }),
      "web/main.ts": "",
      "web/index.js": "",
    },
    "web",
    /includes index\.js, which is the name of the bundle/,
  ],
])("%s is told", async (_, files, name, message) => {
  await expect((async () => built(project(files), name))()).rejects.toThrow(message);
});
