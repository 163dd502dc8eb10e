import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { nodeFault } from "../../tools/setup/node-version";
import { missingPackage } from "../../tools/setup/packages";
import { programsFolder, recommendedNode, verdaccio } from "../../tools/setup/programs";
import { temporaryFolder } from "../temporary-folder";

const ROOT = join(__dirname, "..", "..");

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("setup");
});

test.each(["20.19.0", "20.20.2", "22.0.0", "v24.1.0"])("Node %s is new enough", (version) => {
  expect(nodeFault(version, ">=20.19")).toBeUndefined();
});

test.each(["18.20.0", "20.9.1", "20.18.3", "v16.0.0"])(
  "Node %s is refused, and the message says what to install",
  (version) => {
    expect(nodeFault(version, ">=20.19")).toMatch(
      `Node ${version} is too old\n  Groundplan needs 20.19 or newer: install the current LTS release`,
    );
  },
);

describe("missingPackage", () => {
  function lock(path: string, packages: object): void {
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify({ packages }));
  }
  const locked = {
    "": { name: "root" },
    cli: { version: "0.1.0" },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/other-platform": { version: "1.0.0", optional: true },
    "node_modules/groundplan": { resolved: "cli", link: true },
  };

  beforeEach(() => lock("package-lock.json", locked));

  test("is none when every package has the version of the lockfile", () => {
    lock("node_modules/.package-lock.json", { "node_modules/a": { version: "1.0.0" } });
    expect(missingPackage(folder)).toBeUndefined();
  });

  test("names a package of another version", () => {
    lock("node_modules/.package-lock.json", { "node_modules/a": { version: "0.9.0" } });
    expect(missingPackage(folder)).toBe("a is not 1.0.0");
  });

  test("an install that was interrupted counts as none", () => {
    expect(missingPackage(folder)).toBe("node_modules is missing or incomplete");
    writeFileSync(join(folder, "node_modules", ".package-lock.json"), '{"packages": {');
    expect(missingPackage(folder)).toBe("node_modules is missing or incomplete");
  });
});

describe("the programs of tools/programs", () => {
  const write = (lock: string) => {
    mkdirSync(join(folder, "tools", "programs"), { recursive: true });
    writeFileSync(join(folder, "tools", "programs", "package.json"), "{}");
    writeFileSync(join(folder, "tools", "programs", "package-lock.json"), lock);
    return programsFolder(folder);
  };

  test("have a folder for each lockfile, outside of the repository, so that its Node is not npm's", () => {
    const one = write('{"one": 1}');
    expect(write('{"two": 2}')).not.toBe(one);
    expect(write('{"one": 1}')).toBe(one);
    for (const path of [one, recommendedNode(folder), verdaccio(folder)])
      expect(path.startsWith(folder) || path.startsWith(ROOT)).toBe(false);
  });

  test("without them the tests that need them are told what to run", async () => {
    write("{}");
    const { missingCluster } = await import("../../tools/test/kinds.mjs");
    expect(await missingCluster(folder)).toBe(
      "the npm packages of tools/programs are not installed: node tools/setup.mjs --tests says why",
    );
  });
});

/** A project of one package, with the real set-up. */
function project(): void {
  cpSync(join(ROOT, "tools"), join(folder, "tools"), { recursive: true });
  mkdirSync(join(folder, "bin"));
  symlinkSync(process.execPath, join(folder, "bin", "node"));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "x", engines: { node: ">=20.19" }, dependencies: { a: "1.0.0" } }),
  );
  const packages = {
    "": { name: "x", dependencies: { a: "1.0.0" } },
    "node_modules/a": { version: "1.0.0", resolved: "http://127.0.0.1:9/a.tgz" },
  };
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ name: "x", lockfileVersion: 3, packages }),
  );
}

const offline = (registry = "http://127.0.0.1:9") => ({
  ...process.env,
  npm_execpath: "",
  npm_config_registry: registry,
  npm_config_replace_registry_host: "never",
  npm_config_fetch_retries: "0",
  npm_config_cache: join(folder, "cache"),
});

function setUp(env: NodeJS.ProcessEnv, ...args: string[]) {
  return spawnSync(process.execPath, [join("tools", "setup.mjs"), ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
}

test("without a registry it says that npm failed and what to check, and keeps nothing locked", () => {
  project();
  const { status, stdout, stderr } = setUp(offline());
  expect(stdout).toContain("installing npm packages (node_modules is missing or incomplete)");
  expect(stderr).toMatch(
    /Error: npm ci failed \(exit code \d+\)[\s\S]*check the connection to the npm registry/,
  );
  expect(status).toBe(1);
  expect(readdirSync(join(folder, ".groundplan"))).toEqual([]);
});

test("without npm it says so", () => {
  project();
  const { status, stderr } = setUp({ ...offline(), PATH: join(folder, "bin") });
  expect(stderr).toContain("cannot run npm: it is not on PATH");
  expect(status).toBe(1);
});

test("an unknown option and --help", () => {
  project();
  expect(setUp(offline(), "--wrong")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("unknown option --wrong"),
  });
  expect(setUp(offline(), "--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("Usage:") });
});

test("Ctrl-C ends npm too, with code 130, and leaves no lock", async () => {
  project();
  // A registry that never answers, so that npm is under way for sure.
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : 0;
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({
      name: "x",
      lockfileVersion: 3,
      packages: {
        "": { name: "x", dependencies: { a: "1.0.0" } },
        "node_modules/a": { version: "1.0.0", resolved: `http://127.0.0.1:${port}/a.tgz` },
      },
    }),
  );
  const child = spawn(process.execPath, [join("tools", "setup.mjs")], {
    cwd: folder,
    env: offline(`http://127.0.0.1:${port}`),
  });
  try {
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const [socket] = await once(silent, "connection");
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted: nothing half-made is kept; run it again to go on");
    expect(readdirSync(join(folder, ".groundplan"))).toEqual([]);
    socket.destroy();
  } finally {
    child.kill("SIGKILL");
    silent.close();
  }
});

test("without Python it says what to install; with a build that is there it needs nothing else", () => {
  // The real tree, and a cache that is empty: the emulator's packages are missing there.
  const env = { ...process.env, PATH: join(folder, "bin"), XDG_CACHE_HOME: join(folder, "cache") };
  mkdirSync(join(folder, "bin"));
  symlinkSync(process.execPath, join(folder, "bin", "node"));
  const { status, stderr } = spawnSync(process.execPath, [join("tools", "setup.mjs")], {
    cwd: ROOT,
    env,
    encoding: "utf8",
  });
  expect(stderr).toContain("Error: no Python 3.10 or newer on PATH");
  expect(status).toBe(1);
});

test("of two at once one waits for the other, and a lock of a process that was killed counts no more", async () => {
  const script = `
    import { appendFileSync } from "node:fs";
    import { onlyOne } from ${JSON.stringify(join(ROOT, "tools/setup/only-one.mjs"))};
    await onlyOne(process.argv[1], async () => {
      appendFileSync(process.argv[2], "begin\\n");
      await new Promise((resolve) => setTimeout(resolve, 300));
      appendFileSync(process.argv[2], "end\\n");
    }, () => {});`;
  const lock = join(folder, "lock");
  mkdirSync(lock);
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(join(lock, "pid"), String(pid));
  // One file: what comes by three pipes has no order.
  const said = join(folder, "said");
  const runs = [1, 2, 3].map(async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, lock, said]);
    const [code] = await once(child, "close");
    expect(code).toBe(0);
  });
  await Promise.all(runs);
  expect(readFileSync(said, "utf8")).toBe("begin\nend\n".repeat(3));
});
