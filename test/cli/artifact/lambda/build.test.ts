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
  buildArtifact(made, serviceNamed(made, name));

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
