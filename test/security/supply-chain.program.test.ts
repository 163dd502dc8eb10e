import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GO_ENVIRONMENT } from "../../local/cluster/tools";

/** What is installed is what was reviewed: every package, program and action is named by its content. */

const ROOT = join(__dirname, "..", "..");
const FILES = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function named(pattern: RegExp): string[] {
  const found = FILES.filter((path) => pattern.test(path) && existsSync(join(ROOT, path)));
  if (found.length === 0) throw new Error(`no file is named ${pattern}`);
  return found;
}

describe("Python", () => {
  /** Lines of a requirements file that pip would take without a hash, or not at one version. */
  function unpinned(text: string): string[] {
    const lines = text.replaceAll(/\\\n/g, " ").split("\n");
    return lines
      .map((line) => line.replace(/(?:^|\s)#.*/, "").trim())
      .filter((line) => line !== "")
      .filter((line) => !/^[\w.-]+==[\w.!+]+(?:\s*;[^#]*?)?(?:\s+--hash=sha256:[0-9a-f]{64})+$/.test(line));
  }

  test.each(named(/(?:^|\/)requirements[\w-]*\.txt$/))(
    "every line of %s has a version and a hash",
    (path) => {
      expect(unpinned(read(path))).toEqual([]);
    },
  );

  test.each([
    ["a line without a hash", "moto==5.2.5"],
    ["a range of versions", `moto>=5 --hash=sha256:${"0".repeat(64)}`],
    ["a hash that is weak", `moto==5.2.5 --hash=md5:${"0".repeat(32)}`],
    ["another index", "--extra-index-url https://example.com/simple"],
    ["a file from elsewhere", "moto @ https://example.com/moto.whl"],
  ])("planted fault: %s is found", (_, line) => {
    expect(unpinned(`# Comment.\n${line}\n`)).toEqual([line]);
  });

  test("what an .in file pins is what its requirements have", () => {
    for (const path of named(/(?:^|\/)requirements[\w-]*\.in$/)) {
      const pins = read(path).matchAll(/^([\w-]+)(?:\[\w+\])?==(\S+)$/gm);
      for (const [, name, version] of pins) {
        expect(read(path.replace(/\.in$/, ".txt"))).toContain(`\n${name}==${version} \\\n`);
      }
    }
  });
});

describe("npm", () => {
  interface Locked {
    readonly resolved?: string;
    readonly integrity?: string;
    readonly link?: boolean;
    readonly inBundle?: boolean;
  }

  /** Packages of a lockfile that npm would install whatever they hold. */
  function unchecked(packages: Readonly<Record<string, Locked>>): string[] {
    const isChecked = (path: string): boolean => {
      const { integrity = "", inBundle, resolved } = packages[path] ?? {};
      // What lies in another package is checked with it.
      if (inBundle) return isChecked(path.slice(0, path.lastIndexOf("/node_modules/")));
      // Without a place of its own it comes from the registry.
      return /^sha512-[\w+/]+=*$/.test(integrity) && resolved === undefined;
    };
    // Links and what they lead to are folders of this repository.
    return Object.keys(packages).filter(
      (path) => path.includes("node_modules/") && !packages[path]?.link && !isChecked(path),
    );
  }

  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
  const hash = `sha512-${"A".repeat(86)}==`;

  test("every package of the lockfile has its hash, or lies in one that has", () => {
    expect(unchecked(packages)).toEqual([]);
  });

  test.each<[string, Record<string, Locked>]>([
    ["no hash", { "node_modules/a": {} }],
    ["a weak hash", { "node_modules/a": { integrity: "sha1-AAAA" } }],
    ["a place of its own", { "node_modules/a": { resolved: "https://example.com/a.tgz", integrity: hash } }],
    [
      "a repository of git",
      { "node_modules/a": { resolved: "git+ssh://git@example.com/a.git#1", integrity: hash } },
    ],
    [
      "a bundle that has none itself",
      { "node_modules/b": {}, "node_modules/b/node_modules/a": { inBundle: true } },
    ],
  ])("planted fault: a package with %s is found", (_, planted) => {
    expect(unchecked({ ...packages, ...planted })).toEqual(Object.keys(planted));
  });
});

describe("Go", () => {
  /** Modules of a go.mod without their hash in the go.sum beside it, and what puts others in their place. */
  function unsummed(mod: string, sum: string): string[] {
    const known = new Set(sum.split("\n").map((line) => line.split(" h1:")[0]));
    const replaced = new Map<string, string>();
    for (const [, from = "", to = ""] of mod.matchAll(/^(?:\t|replace )(\S+)(?: v\S+)? => (.+)$/gm)) {
      replaced.set(from, to);
    }
    const required = [...mod.matchAll(/^(?:\t|require )(\S+) (v\S+)(?! =>)/gm)].filter(
      ([line]) => !line.includes("=>"),
    );
    const modules = required.map(([, path = "", version]) => replaced.get(path) ?? `${path} ${version}`);
    // A folder has no version, and so no hash; what nothing requires is not looked at.
    const folders = [...replaced.values()].filter((to) => !/ v\S+$/.test(to));
    return [...new Set([...modules, ...folders])].filter((module) => !known.has(`${module}/go.mod`));
  }

  test.each(named(/(?:^|\/)go\.mod$/))("every module of %s has its hash", (path) => {
    const mod = read(path);
    expect(mod).toMatch(/^\t\S+ v\d/m);
    expect(unsummed(mod, read(path.replace(/mod$/, "sum")))).toEqual([]);
  });

  test("planted fault: a module without its hash, and a folder in the place of one, are found", () => {
    const mod = read("local/tools/go.mod");
    const sum = read("local/tools/go.sum");
    const without = sum.replace(/^github\.com\/alicebob\/miniredis\/v2 .*\n/gm, "");
    expect(unsummed(mod, without)).toEqual([expect.stringContaining("alicebob/miniredis")]);
    const replace = "replace github.com/alicebob/miniredis/v2 => ../elsewhere";
    expect(unsummed(`${mod}\n${replace}\n`, sum)).toEqual(["../elsewhere"]);
  });

  test("the build takes nothing that go.sum does not have, whatever the user's settings", () => {
    expect(GO_ENVIRONMENT.GOFLAGS.split(" ")).toContain("-mod=readonly");
    expect(GO_ENVIRONMENT.GOWORK).toBe("off");
  });
});

describe("GitHub Actions", () => {
  /** Actions that a tag or a branch names, which their owner can move. */
  function movable(workflow: string): string[] {
    const uses = [...workflow.matchAll(/^\s*(?:- )?uses:\s*(\S+)/gm)].map(([, action]) => action ?? "");
    return uses.filter((action) => !/^\.\/|@[0-9a-f]{40}$/.test(action));
  }

  test("every action is pinned by its commit", () => {
    const faults = named(/^\.github\/.*\.ya?ml$/).flatMap((path) => movable(read(path)));
    expect(faults).toEqual([]);
  });

  test("planted fault: an action of a tag is found", () => {
    expect(movable("      - uses: actions/checkout@v7\n      - uses: ./.github/actions/setup\n")).toEqual([
      "actions/checkout@v7",
    ]);
  });
});

describe("container images that jobs start", () => {
  /** Images of a registry that a tag alone names, which its owner can move. */
  function movable(script: string): string[] {
    const images = [...script.matchAll(/(?:ghcr\.io|docker\.io|quay\.io|public\.ecr\.aws)\/[\w./:@-]+/g)];
    return images.map(([image]) => image).filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image));
  }

  /** Starts of a container whose image is a variable or a digest, and no name of a user's Docker Hub. */
  function unnamed(script: string): string[] {
    const starts = [...script.replaceAll(/\\\n\s*/g, " ").matchAll(/docker run [^\n]*/g)].map(
      ([start]) => start,
    );
    return starts.filter((start) => !/"\$(?:@|\w+)"/.test(start));
  }

  const SCRIPTS = named(/^(?:\.github|tools\/ci)\/.*\.(?:ya?ml|sh)$/);

  test("each is named by its digest", () => {
    expect(SCRIPTS.flatMap((path) => [...movable(read(path)), ...unnamed(read(path))])).toEqual([]);
    expect(read(".github/actions/scan/scan.sh")).toContain("trivy:");
  });

  test("planted faults: a tag alone, and a name in the call, are found", () => {
    const image = "ghcr.io/aquasecurity/trivy:0.74.0";
    expect(movable(`trivy=${image}\ntrivy=${image}@sha256:${"0".repeat(64)}\n`)).toEqual([image]);
    expect(unnamed("docker run --rm \\\n  aquasec/trivy image .\n")).toHaveLength(1);
  });
});
