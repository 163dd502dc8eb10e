import { app, config, SmallRepository } from "./small";

let repository: SmallRepository;
afterEach(() => repository.remove());

const small = (resources: string, more: Readonly<Record<string, string>> = {}) =>
  new SmallRepository({ "cdktf.json": config("node app.cjs"), "app.cjs": app(resources), ...more });

const AGAIN = "what differs may be another one at each synth: synthesizing the head once more";

test("what is another one at each synth is said to be, and what the change does is not", async () => {
  repository = small(
    `{ a: { input: new Date().toISOString(), triggers_replace: Math.random() }, b: { input: "t3.size1" }, c: { input: process.hrtime().join() } }`,
  );
  repository.write(
    "app.cjs",
    app(
      `{ a: { input: new Date().toISOString(), triggers_replace: Math.random() }, b: { input: "t3.size2" }, c: { input: "c" } }`,
    ),
  );
  expect(await repository.reasons()).toEqual([
    "terraform_data.a: input (another one at each synth), triggers_replace (another one at each synth)",
    "terraform_data.b: input",
    "terraform_data.c: input",
  ]);
  expect(repository.said).toEqual([AGAIN]);
});

test("something that differs though no file does is looked at again, whatever it looks like", async () => {
  repository = small(
    `{ [Math.random() < 2 ? "r" + process.pid : ""]: { input: ["red", "blue"][process.pid % 2] + process.cwd().length } }`,
  );
  const reasons = await repository.reasons();
  expect(reasons).toHaveLength(2);
  for (const reason of reasons) expect(reason).toMatch(/^terraform_data\.r\d+: (?:added|removed)/);
  expect(reasons.filter((reason) => reason.endsWith("added (another one at each synth)"))).toHaveLength(1);
  expect(repository.said).toEqual([AGAIN]);
});

test("planted fault: an archive that is cut short is not said to be the change's", async () => {
  repository = small(`{ a: { filename: "code.zip" } }`);
  const text = app(`{ a: { filename: "code.zip" } }`);
  // What old versions of CDKTF did: the archive has as much as was written when the process ended.
  const cut = `${text}\nwriteFileSync(out + "/stacks/shop/code.zip", "PK" + "x".repeat(process.pid % 1000));\n`;
  repository.write("app.cjs", cut);
  repository.commit();
  repository.write("readme.md", "changed");
  expect(await repository.reasons()).toEqual([
    "terraform_data.a: content of code.zip (another one at each synth)",
  ]);
});

test("a change in words is compared once", async () => {
  repository = small(`{ a: { input: "red" } }`);
  repository.write("app.cjs", app(`{ a: { input: "blue" } }`));
  expect(await repository.reasons()).toEqual(["terraform_data.a: input"]);
  expect(repository.said).toEqual([]);
});

test("a head that does not synthesize is named as such", async () => {
  repository = small(`{ a: { input: "red" } }`);
  repository.write("app.cjs", "process.exit(1);");
  expect((await repository.affected()).everything).toMatchObject({ side: "head" });
});
