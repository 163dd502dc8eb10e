import { app, config, SmallRepository } from "./small";

let repository: SmallRepository;
afterEach(() => repository.remove());

const LOCKFILES = ["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];

/** A repository whose stack has what a package says; the package is installed and not committed. */
function withPackage(files: Readonly<Record<string, string>>): SmallRepository {
  const made = new SmallRepository({
    "cdktf.json": config("node app.cjs"),
    "app.cjs": app("{ a: { input: require('dep') } }"),
    "package.json": JSON.stringify({ name: "app", dependencies: { dep: "1.0.0" } }),
    ...files,
  });
  made.write("node_modules/dep/package.json", JSON.stringify({ name: "dep", version: "1.0.0" }));
  made.write("node_modules/dep/index.js", 'module.exports = "one";\n');
  return made;
}

test.each(LOCKFILES)("with the same %s the head's packages serve the base", async (lockfile) => {
  repository = withPackage({ [lockfile]: "{}\n" });
  expect(await repository.affected()).toMatchObject({ stacks: [], unaffected: ["shop"] });
});

test("planted fault: with another lockfile the head's packages do not serve, whichever of two it is", async () => {
  // None of the managers takes this for a lockfile of its own, or is not even there: the base cannot be had.
  repository = withPackage({ "bun.lock": "{}\n", "package-lock.json": "{}\n" });
  repository.write("bun.lock", '{ "lockfileVersion": 2 }\n');
  const { everything } = await repository.affected();
  expect(everything).toMatchObject({
    side: "base",
    reason: expect.stringContaining("the base's packages cannot be installed: npm ci"),
  });
});

test("planted fault: a lockfile of bun alone is known, and named in what installs it", async () => {
  repository = withPackage({ "bun.lockb": "binary \u0000 one\n" });
  repository.write("bun.lockb", "binary \u0000 two\n");
  expect((await repository.affected()).everything?.reason).toContain("bun install --frozen-lockfile");
});
