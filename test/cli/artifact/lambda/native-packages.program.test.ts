import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { buildArtifact } from "../../../../cli/artifact/lambda/build";
import { serviceNamed } from "../../../../cli/artifact/service";
import { temporaryFolder } from "../../../temporary-folder";

/** The beginning of an ELF file of a machine. */
function elf(machine: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write("\x7fELF", 0, "latin1");
  bytes.set([2, 1], 4);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

const PLATFORMS = { arm64: 183, x64: 62 } as const;
const optional = (cpu: string) => `@native/thing-linux-${cpu}`;
const OPTIONAL = Object.fromEntries(Object.keys(PLATFORMS).map((cpu) => [optional(cpu), "1.0.0"]));
const MANIFEST = { name: "thing", version: "1.0.0", main: "index.js", optionalDependencies: OPTIONAL };

let root: string;
let registry: Server;
let tarballs: Map<string, Buffer>;
let address: string;

beforeEach(async () => {
  root = temporaryFolder("native");
  tarballs = new Map();
  registry = createServer((request, response) => {
    const tarball = tarballs.get(decodeURIComponent(request.url?.slice(1) ?? ""));
    response.writeHead(tarball ? 200 : 404).end(tarball);
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
});

afterEach(() => {
  registry.close();
  rmSync(root, { recursive: true });
});

function write(path: string, content: string | Buffer): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** A package as a registry has it, and what a lockfile says of it. */
function pack(name: string, files: Readonly<Record<string, string | Buffer>>, more: object = {}): object {
  const from = `packed/${name.replace("/", "-")}`;
  for (const [path, content] of Object.entries(files)) write(`${from}/package/${path}`, content);
  const tarball = execFileSync("tar", ["-C", join(root, from), "-cz", "package"]);
  tarballs.set(name, tarball);
  return {
    version: "1.0.0",
    resolved: `${address}/${encodeURIComponent(name)}`,
    integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
    ...more,
  };
}

/** A project whose service imports a package with native code of its own for each processor. */
function project({
  machines = PLATFORMS as Readonly<Record<string, number>>,
  locked = true,
  more = {},
} = {}) {
  const index = "exports.load = () => require('@native/thing-linux-' + process.arch);";
  const packages: Record<string, object> = {
    "node_modules/thing": pack(
      "thing",
      { "package.json": JSON.stringify(MANIFEST), "index.js": index },
      { dev: true, optionalDependencies: OPTIONAL },
    ),
  };
  for (const [cpu, machine] of Object.entries(machines)) {
    const limits = { os: ["linux"], cpu: [cpu], libc: ["glibc"] };
    const manifest = { name: optional(cpu), version: "1.0.0", main: "thing.node", ...limits };
    packages[`node_modules/${optional(cpu)}`] = pack(
      optional(cpu),
      { "package.json": JSON.stringify(manifest), "thing.node": elf(machine) },
      { optional: true, dev: true, ...limits },
    );
  }
  write("node_modules/thing/package.json", JSON.stringify(MANIFEST));
  write("node_modules/thing/index.js", index);
  if (locked) write("package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }));
  write("services/web/package.json", JSON.stringify({ main: "index.js", ...more }));
  write("services/web/index.js", 'exports.handler = async () => require("thing").load();');
  return { root, app: "", output: join(root, "cdktf.out") };
}

const built = (made: ReturnType<typeof project>) =>
  buildArtifact(made, serviceNamed(made, "web"), { typecheck: false });

test.each([
  ["arm64", "arm64", 183],
  ["x86_64", "x64", 62],
] as const)(
  "native code goes in for Linux on %s, twice the same bytes",
  async (architecture, cpu, machine) => {
    const made = project({ more: { groundplan: { architecture } } });
    const one = await built(made);
    const files = unzipSync(one.bytes);
    expect(Object.keys(files)).toEqual([
      "index.js",
      `node_modules/${optional(cpu)}/package.json`,
      `node_modules/${optional(cpu)}/thing.node`,
      "node_modules/thing/index.js",
      "node_modules/thing/package.json",
    ]);
    expect(files[`node_modules/${optional(cpu)}/thing.node`]?.[18]).toBe(machine);
    expect((await built(made)).sha256).toBe(one.sha256);
  },
);

test("planted fault: native code of another processor is refused", async () => {
  await expect(built(project({ machines: { arm64: 62, x64: 62 } }))).rejects.toThrow(
    /machine code that a function on arm64 cannot load\n.*thing\.node is for x86_64/,
  );
});

test("planted fault: a tarball that is not the lockfile's is refused", async () => {
  const made = project();
  tarballs.set("thing", tarballs.get(optional("x64")) ?? Buffer.alloc(0));
  await expect(built(made)).rejects.toThrow(/npm cannot install thing for Linux on arm64[\s\S]*EINTEGRITY/);
});

test("planted fault: without a lockfile it is told how to get one", async () => {
  await expect(built(project({ locked: false }))).rejects.toThrow(
    /needs thing, which cannot be in a bundle, and there is no package-lock\.json[\s\S]*npm install --package-lock-only/,
  );
});

test("planted fault: a file of native code in a package that says nothing of it is told, with the setting", async () => {
  const made = project();
  write("node_modules/quiet/package.json", '{ "name": "quiet", "version": "1.0.0", "main": "index.js" }');
  write("node_modules/quiet/index.js", 'module.exports = require("./quiet.node");');
  write("node_modules/quiet/quiet.node", elf(62));
  write("services/web/index.js", 'exports.handler = async () => require("quiet");');
  await expect(built(made)).rejects.toThrow(
    /native code cannot be a part of a bundle: .*"external": \["quiet"\]/,
  );
});

test("a package that the service names is installed beside the bundle", async () => {
  const made = project({ more: { groundplan: { external: ["plain"] } } });
  const manifest = '{ "name": "plain", "version": "1.0.0", "main": "index.js" }';
  const lockfile = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const files = { "package.json": manifest, "index.js": "exports.one = 1;" };
  lockfile.packages["node_modules/plain"] = pack("plain", files);
  write("package-lock.json", JSON.stringify(lockfile));
  for (const [path, content] of Object.entries(files)) write(`node_modules/plain/${path}`, content);
  write("services/web/index.js", 'exports.handler = async () => require("plain").one;');
  const { bytes } = await built(made);
  expect(Object.keys(unzipSync(bytes))).toEqual([
    "index.js",
    "node_modules/plain/index.js",
    "node_modules/plain/package.json",
  ]);
});
