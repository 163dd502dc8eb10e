import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { deploy } from "../../../cli/artifact/lambda/deploy";
import { type DeployTerraform, NotBegun, TargetTerraform } from "../../../cli/artifact/lambda/terraform";
import { openHoldingProxy } from "../../holding-proxy";
import { type Ended, ended, printed, succeeded } from "../../stacks/cdktf-project";
import { Flow } from "./flow";
import { GeneratedServices } from "./generated-services";
import { changeByHand, planned, waiting } from "./waiting";

let flow: Flow;

/** What `prune --json` tells. */
interface Pruned {
  readonly versions: readonly { readonly environment: string; readonly version: string }[];
  readonly artifacts: readonly { readonly sha256: string }[];
}

beforeAll(async () => {
  flow = await Flow.begin();
});

afterAll(async () => {
  await flow?.end();
});

const ENVIRONMENTS = ["dev", "staging", "prod"];

/** Does something with the stack of every environment, at once. */
const ofAll = (work: (stack: string) => Promise<void>) =>
  Promise.all(ENVIRONMENTS.map((environment) => work(`${environment}-api`)));

const [FIRST, SECOND] = ["first", "second"];

test("bootstrap has pinned a first artifact, so the first deploy finds code", async () => {
  const rows = await flow.current();
  const hash = rows[0]?.[1];
  expect(rows).toEqual(ENVIRONMENTS.map((name) => [name, hash, "stack not deployed"]));
  flow.published.push(String(hash));
  const early = await flow.run("deploy", "dev");
  expect(early).toMatchObject({
    code: 1,
    output: expect.stringMatching(
      /nothing runs in dev: its stack is not deployed; [0-9a-f]{12} is pinned for its first deploy\n {2}deploy it: npx cdktf deploy dev-api/,
    ),
  });
  expect(early.output).toContain(String(hash).slice(0, 12));
  await ofAll((stack) => flow.apply(stack));
  await ofAll((stack) => flow.expectNoChanges(stack));
  for (const environment of ENVIRONMENTS) {
    expect(await flow.ask(environment, "/health")).toEqual({ statusCode: 200, status: "ok" });
    expect(await flow.ask(environment, "/version")).toMatchObject({ sha256: hash });
  }
  // The service's own words, and not those of API Gateway.
  expect(await flow.ask("dev", "/nothing")).toMatchObject({
    statusCode: 404,
    message: expect.stringMatching(/^there is no/),
  });
  expect(await flow.ask("dev", "/health", "POST")).toMatchObject({
    statusCode: 405,
    message: expect.stringMatching(/^POST is not/),
  });
});

test("publish, deploy, list, and back: each time the state agrees", async () => {
  const next = await flow.publishNext(JSON.stringify(FIRST));
  expect(await flow.artifact("deploy", "dev")).toMatchObject({ outcome: "deployed", sha256: next });
  expect(await flow.ask("dev", "/health")).toMatchObject({ status: FIRST });
  // The same bytes from another commit run already: nothing is pinned anew, and no version made.
  const { commit } = await flow.artifact<{ commit: string }>("deploy", "dev");
  const later = flow.commit();
  expect(await flow.artifact("publish")).toMatchObject({ sha256: next, isNew: false, commit: later });
  expect(await flow.artifact("deploy", "dev")).toMatchObject({ outcome: "unchanged", commit });
  expect(commit).not.toBe(later);
  expect(await flow.ask("dev", "/version")).toMatchObject({ sha256: next, commit });
  const { artifacts: listed } = await flow.artifact<{
    artifacts: readonly { sha256: string; environments: readonly string[] }[];
  }>("list");
  expect(listed.map(({ sha256, environments }) => [sha256, environments])).toEqual([
    [next, ["dev"]],
    [flow.published[0], ["staging", "prod"]],
  ]);
  const [first = ""] = flow.published;
  expect(await flow.run("deploy", "dev", "--to", first, "--forward-only")).toMatchObject({
    code: 4,
    output: expect.stringMatching(
      new RegExp(
        `dev is pinned to ${next.slice(0, 12)}, which was published after ${first.slice(0, 12)}\\n[\\s\\S]*nothing was changed\\n[\\s\\S]*npx groundplan artifact rollback dev --to ${first.slice(0, 12)}`,
      ),
    ),
  });
});

test("a way back changes the code alone, whatever waits for its apply or was changed by hand", async () => {
  const [first = ""] = flow.published;
  const takeBack = await changeByHand(flow, "groundplan-dev-api");
  await flow.withStack("dev-api", waiting, async () => {
    const before = await planned(flow, "dev-api");
    expect([...before.values()].flat()).toEqual(
      expect.arrayContaining(["retention_in_days", "memory_size", "timeout", "threshold", "tags"]),
    );
    expect(await flow.run("deploy", "dev", "--to", first)).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /pending changes other than code: [\s\S]*variable LATER of [\s\S]*go back without it: npx groundplan artifact rollback dev --service api/,
      ),
    });
    expect(await flow.artifact("rollback", "dev")).toMatchObject({ outcome: "deployed", sha256: first });
    expect(await planned(flow, "dev-api")).toEqual(before);
  });
  await takeBack();
  expect(await flow.ask("dev", "/health")).toMatchObject({ status: "ok" });
  await flow.expectNoChanges("dev-api");
  const again = await flow.project.groundplan("artifact", "rollback", "dev", "--skip-synth");
  expect(again).toMatchObject({
    code: 2,
    output: expect.stringContaining("nothing of api ran in dev before"),
  });
});

test("a publication of something else than was built is refused, and of an older commit", async () => {
  const newest = flow.published[1] ?? "";
  const none = "0".repeat(64);
  const listed = await flow.artifact("list");
  expect(await flow.run("publish", "--expect", none)).toMatchObject({
    code: 1,
    output: expect.stringMatching(
      new RegExp(
        `the build of api is ${newest.slice(0, 12)}, and 000000000000 was expected\\n {2}nothing was published`,
      ),
    ),
  });
  expect(await flow.artifact("list")).toEqual(listed);
  expect(await flow.artifact("publish", "--expect", newest)).toMatchObject({ sha256: newest, isNew: false });

  // GIVEN a commit that was built and published, and a later one of which a faster run did the same
  const [first, second] = [flow.commit(), flow.commit()];
  expect(await flow.artifact("publish", "--forward-only")).toMatchObject({ commit: second });
  flow.checkOut(first);
  const published = await flow.artifact("list");
  expect(await flow.run("publish", "--forward-only")).toMatchObject({
    code: 4,
    output: expect.stringMatching(
      new RegExp(
        `api was published from ${second.slice(0, 12)}, which is later than the commit here\\n[\\s\\S]*nothing was published`,
      ),
    ),
  });
  expect(await flow.artifact("list")).toEqual(published);
  expect(await flow.artifact("publish")).toMatchObject({ commit: first });
});

test("an environment of another account is told apart, and what is asked of it refused", async () => {
  // What Terraform may work in, and what the stack declares.
  const elsewhere = (text: string) =>
    text.replace(/("(?:allowed_account_ids": \[\s*|account": )")\d{12}/g, "$1999988887777");
  await flow.withStack("prod-api", elsewhere, async () => {
    expect((await flow.current()).map(([name, hash, state]) => [name, hash !== undefined, state])).toEqual([
      ["dev", true, "get it"],
      ["staging", true, "get it"],
      ["prod", false, "another account's"],
    ]);
    const { artifacts: listed } = await flow.artifact<{
      artifacts: readonly { environments: readonly string[] }[];
    }>("list");
    expect(listed.flatMap(({ environments }) => environments).sort()).toEqual(["dev", "staging"]);
    const wrong =
      /the credentials are of account 123456789012, and prod is in 999988887777\n {2}sign in to that account/;
    for (const command of ["promote", "deploy", "rollback"]) {
      expect(await flow.run(command, "prod")).toMatchObject({
        code: 4,
        output: expect.stringMatching(wrong),
      });
    }
    // With the credentials of prod, what runs in staging cannot be seen: it has to be named.
    const promoted = await flow.as("999988887777", "promote", "prod");
    expect(promoted).toMatchObject({
      code: 4,
      output: expect.stringMatching(
        /of account 999988887777, and staging is in 123456789012\n[\s\S]*or name the artifact that runs there: npx groundplan artifact deploy prod --to <hash>/,
      ),
    });
    expect(await flow.run("prune", "--keep", "1", "--yes")).toMatchObject({
      code: 4,
      output: expect.stringMatching(
        /and prod is in 999988887777\n[\s\S]*nothing was removed\n {2}only the versions of the functions here: npx groundplan artifact prune dev staging/,
      ),
    });
    const theirs = await flow.as("999988887777", "publish");
    expect(theirs).toMatchObject({ code: 4, output: expect.stringContaining("and the artifact bucket") });
  });
});

test("an interrupted deploy loses nothing, and the same command completes it", async () => {
  const next = await flow.publishNext(JSON.stringify(SECOND));
  // What comes after the pin waits, so that the deploy is between the pin and the function.
  let isPinned = false;
  const proxy = await openHoldingProxy(flow.endpoint, (operation) => {
    const isHeld = isPinned;
    isPinned ||= operation === "PutParameter";
    return isHeld;
  });
  const deploy = flow.startDeployAt(proxy.url, "dev");
  const end: Promise<Ended> = ended(deploy);
  while (proxy.held === 0 && deploy.exitCode === null) await sleep(20);
  deploy.kill("SIGINT");
  proxy.release();
  expect((await end).code).toBe(130);
  proxy.close();
  // While it plans, what was pinned before is put back; later the new artifact is pinned, and runs or not.
  const [dev] = await flow.current();
  expect([flow.published[0], next]).toContain(dev?.[1]);
  expect(dev?.[2]).toMatch(/^get (?:another: its deploy was interrupted|it)$/);
  expect(await flow.ask("dev", "/health")).toMatchObject({ statusCode: 200 });
  await flow.artifact("deploy", "dev");
  expect(await flow.ask("dev", "/version")).toMatchObject({ sha256: next });
  await flow.expectNoChanges("dev-api");
});

test("of two deploys of one environment at once, what succeeded last is pinned and runs, and the other says why", async () => {
  const [a = "", b = ""] = flow.published;
  const both = await Promise.all([a, b].map((hash) => ended(flow.startDeploy("dev", "--to", hash))));
  const failed = both.filter(({ code }) => code !== 0);
  for (const { code, output } of failed) {
    expect([1, 4]).toContain(code);
    expect(output).toMatch(
      /another run pinned api in dev|nothing was applied|does not run|the state is locked/,
    );
  }
  const [dev] = await flow.current();
  const winners = [a, b].filter((_, index) => both[index]?.code === 0);
  if (winners.length > 0) {
    expect(winners).toContain(dev?.[1]);
    expect(dev?.[2]).toBe("get it");
  }
  // Whoever won, the next deploy goes on from there.
  const last = flow.published.at(-1) ?? "";
  await flow.artifact("deploy", "dev", "--to", last);
  expect((await flow.current())[0]).toEqual(["dev", last, "get it"]);
});

test("an apply that never begins puts back what was pinned, and a state that cannot be read is told", async () => {
  const before = await flow.current();
  const other = flow.published.find((hash) => hash !== before[0]?.[1]) ?? "";
  const environment = { ...process.env };
  try {
    Object.assign(process.env, flow.emulator.environment);
    const { target, artifact, store, terraform, props: how } = await flow.deployOf("dev", other);
    // Somebody else writes the state between the plan and its apply.
    const overtaken: DeployTerraform = {
      init: () => terraform.init(),
      isDeployed: () => terraform.isDeployed(),
      plan: async (codeAlone) => {
        const plan = await terraform.plan(codeAlone);
        for (const change of ["taint", "untaint"])
          succeeded(await flow.project.terraform("dev-api", change, target.functionAddress));
        return plan;
      },
    };
    const props = { store, target, artifact, how: "at-once", progress: () => undefined } as const;
    const refused = deploy({ ...props, terraform: overtaken });
    await expect(refused).rejects.toBeInstanceOf(NotBegun);
    await expect(refused).rejects.toThrow(/Saved plan is stale[\s\S]*nothing was applied/);
    const stack = { ...target.stack, folder: flow.project.stack("dev-network") };
    await expect(new TargetTerraform({ ...target, stack }, how).isDeployed()).rejects.toThrow(
      /dev-api: reading the state: .*[Ii]nitialization required[\s\S]*at .*dev-network/,
    );
  } finally {
    process.env = environment;
  }
  expect(await flow.current()).toEqual(before);
});

test.each<[string, (id: string) => object, RegExp]>([
  [
    "that fails",
    (id) => ({ aws_lambda_function: { [id]: { memory_size: 1 } } }),
    /memory_size to be in the range/,
  ],
  [
    "of more than code",
    (id) => ({ aws_lambda_function: { [id]: { memory_size: 1024 } } }),
    /pending changes other than code: memory_size of aws_lambda_function\.\w+ \(\d+, then 1024\)[\s\S]*npx cdktf deploy dev-api/,
  ],
])("a plan %s puts back what was pinned, and leaves no plan", async (_, resource, message) => {
  const before = await flow.current();
  const plans = () =>
    readdirSync(flow.project.temporary).filter((name) => name.startsWith("groundplan-artifact-"));
  const others = plans();
  const broken = join(flow.project.stack("dev-api"), "broken_override.tf.json");
  const { resource: all } = JSON.parse(
    readFileSync(join(flow.project.stack("dev-api"), "cdk.tf.json"), "utf8"),
  );
  const [id = ""] = Object.keys(all.aws_lambda_function);
  writeFileSync(broken, JSON.stringify({ resource: resource(id) }));
  try {
    const refused = await flow.project.groundplan(
      "artifact",
      "deploy",
      "dev",
      "--to",
      flow.published[1] ?? "",
      "--skip-synth",
    );
    expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(message) });
  } finally {
    rmSync(broken, { force: true });
  }
  expect(await flow.current()).toEqual(before);
  expect(plans()).toEqual(others);
});

test("step by step: an interruption says what is left, an alarm brings everybody back, and time completes it", async () => {
  const [good, before] = [flow.published[2] ?? "", flow.published[0] ?? ""];
  const broken = await flow.publishNext('(() => { throw new Error("broken on purpose"); })()');
  const first = flow.startDeploy("prod", "--to", broken);
  const end = ended(first);
  // Not as soon as the alias gives a tenth: Terraform still has to write its state then.
  await printed(first, "10 % of the traffic for another");
  first.kill("SIGINT");
  const { code, output } = await end;
  expect(code).toBe(130);
  expect(output).toContain(
    `10 % of the callers in prod still get ${broken.slice(0, 12)}, and no alarm is watched`,
  );
  expect(output).toContain(
    `go on: npx groundplan artifact deploy prod --service api --to ${broken.slice(0, 12)}`,
  );
  expect((await flow.current())[2]).toEqual(["prod", broken, "10 % get it: a gradual deploy is under way"]);

  const again = ended(flow.startDeploy("prod", "--to", broken));
  let isOver = false;
  void again.finally(() => {
    isOver = true;
  });
  const statuses = new Set<unknown>();
  const callers = async () => {
    while (!isOver) {
      statuses.add((await flow.ask("prod", "/health")).statusCode);
      // A tenth of two calls a second: more than one fault a minute, without keeping the machine busy.
      await sleep(500);
    }
  };
  const [promoted] = await Promise.all([flow.artifact<{ outcome: string }>("promote", "staging"), callers()]);
  expect(promoted).toMatchObject({ outcome: "deployed", sha256: good });
  expect(await again).toMatchObject({
    code: 1,
    output: expect.stringMatching(
      new RegExp(
        `prod went back to ${before.slice(0, 12)}: an alarm went on while ${broken.slice(0, 12)} was tried\\n[\\s\\S]* {2}groundplan-prod-api-canary-errors \\(Threshold Crossed: 2 out of the last 5`,
      ),
    ),
  });
  expect(statuses).toEqual(new Set([200, 500]));
  expect((await flow.current()).slice(1)).toEqual([
    ["staging", good, "get it"],
    ["prod", before, "get it"],
  ]);
  for (const [environment, sha256] of [
    ["staging", good],
    ["prod", before],
  ] as const)
    expect(await flow.ask(environment, "/version")).toMatchObject({ sha256 });
  await ofAll((stack) => flow.expectNoChanges(stack));
  const refused = await flow.project.groundplan("artifact", "deploy", "prod", "--to", good, "--skip-synth");
  expect(refused).toMatchObject({ code: 4, output: expect.stringContaining("prod has an alarm on") });
});

test("what nobody needs is removed: the state agrees, and the way back is there", async () => {
  const idle = await flow.publishNext('"nobody needs it"');
  const newest = await flow.publishNext('"the newest"');
  const [before, current] = [await flow.versions("dev"), await flow.current()];
  expect(before.length).toBeGreaterThan(2);
  const would = await flow.artifact<Pruned>("prune", "--keep", "1", "--dry-run");
  expect(would.artifacts.map(({ sha256 }) => sha256)).toContain(idle);
  expect(await flow.run("prune", "--keep", "1")).toMatchObject({
    code: 2,
    output: expect.stringMatching(
      /this command asks for confirmation, and there is no terminal\n {2}give --yes/,
    ),
  });
  expect(await flow.versions("dev")).toEqual(before);
  const done = await flow.artifact<Pruned>("prune", "--keep", "1", "--yes");
  expect({ ...done, dryRun: true }).toEqual(would);
  const gone = done.versions.filter(({ environment }) => environment === "dev").map(({ version }) => version);
  expect(gone).toEqual(before.slice(0, -1).reverse());
  expect(await flow.versions("dev")).toEqual(before.slice(-1));
  expect(await flow.artifact<Pruned>("prune", "--keep", "1", "--yes")).toMatchObject({
    versions: [],
    artifacts: [],
  });
  expect(await flow.current()).toEqual(current);
  await ofAll((stack) => flow.expectNoChanges(stack));
  expect(await flow.run("deploy", "dev", "--to", idle)).toMatchObject({
    code: 2,
    output: expect.stringMatching(
      new RegExp(
        `artifact ${idle.slice(0, 12)} of api was removed on [\\d-]+: no environment needed it\\n {2}build and publish it again: [\\s\\S]*use 4 or more characters of one of ${newest.slice(0, 12)}`,
      ),
    ),
  });
  const [first = ""] = flow.published;
  expect(await flow.artifact("rollback", "staging")).toMatchObject({ outcome: "deployed", sha256: first });
  expect(await flow.ask("staging", "/version")).toMatchObject({ sha256: first });
  await flow.expectNoChanges("staging-api");
  const named = await flow.artifact<Pruned>("prune", "staging", "--keep", "1", "--yes");
  expect(named.versions.map(({ environment }) => environment)).toEqual(["staging"]);
  expect(named.artifacts).toEqual([]);
});

describe("services that are generated", () => {
  let generated: GeneratedServices;

  /** Go comes with the machines of CI, and not with every other. */
  const hasGo = spawnSync("go", ["version"]).status === 0 || process.env.CI === "true";
  const stacks = ["dev-orders", "dev-intake", ...(hasGo ? ["dev-nightly-report"] : [])];

  beforeAll(async () => {
    generated = await GeneratedServices.write(flow, [
      ["orders", "--template", "http", "--language", "ts"],
      ["intake", "--template", "queue", "--language", "python"],
      ...(hasGo ? [["nightly-report", "--template", "schedule", "--language", "go"]] : []),
    ]);
  });

  afterAll(async () => {
    for (const stack of stacks)
      succeeded(await flow.project.terraform(stack, "destroy", "-input=false", "-auto-approve"));
    generated.remove();
  });

  test("are deployed, answer their callers, and work on what comes", async () => {
    succeeded(await flow.project.groundplan("bootstrap"));
    for (const stack of stacks) {
      await flow.apply(stack);
      await flow.expectNoChanges(stack);
    }
    expect(await flow.askStack("dev-orders", "/health")).toEqual({ statusCode: 200, status: "ok" });
    const { sha256 } = await flow.askStack("dev-orders", "/version");
    expect(sha256).toBe(await flow.pinned("dev", "orders"));
    // Anybody may ask these two, and nobody without credentials the rest.
    expect(await flow.askStack("dev-orders", "/orders")).toMatchObject({ statusCode: 403 });
    await generated.send("dev-intake", '{"id":"first"}', "no JSON", '{"id":"second"}');
    await generated.logged("groundplan-dev-intake", /done: first/, /done: second/, /is not done/);
  });

  test("while a watch runs, a save answers with its code and logs; at its end what is pinned is back", async () => {
    const script = join(__dirname, "..", "..", "..", "cli", "bin", "groundplan.js");
    const watch = spawn(process.execPath, [script, "artifact", "watch", "dev", "--service", "orders"], {
      cwd: flow.project.path,
      env: flow.project.variables,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = ended(watch);
    const isLogged = printed(watch, "log asked once more");
    const isWatching = printed(watch, "watching;");
    try {
      await isWatching;
      expect(await flow.askStack("dev-orders", "/health")).toEqual({ statusCode: 200, status: "ok" });
      generated.change(
        "orders",
        "src/routes.ts",
        'json(200, { status: "ok" })',
        '(console.log("asked once more"), json(200, { status: "saved" }))',
      );
      while ((await flow.askStack("dev-orders", "/health")).status !== "saved")
        if (watch.exitCode === null) await sleep(50);
        else throw new Error("the watch has ended");
      await isLogged;
    } finally {
      watch.kill("SIGINT");
    }
    expect(await end).toMatchObject({
      code: 130,
      output: expect.stringMatching(
        /orders\/src\/routes\.ts changed\n[\s\S]*Deployed [0-9a-f]{12} to groundplan-dev-orders in [\s\S]*log asked once more[\s\S]*groundplan-dev-orders runs what is pinned again, version 1/,
      ),
    });
    expect(await flow.askStack("dev-orders", "/health")).toEqual({ statusCode: 200, status: "ok" });
    await flow.expectNoChanges("dev-orders");
  });

  test("a version that fails before traffic is refused: callers keep what they have", async () => {
    const before = await generated.callersGet("groundplan-dev-intake");
    const pinned = await flow.pinned("dev", "intake");
    generated.change("intake", "src/main.py", "failures = []", 'raise RuntimeError("broken on purpose")');
    const published = await flow.run("publish", "intake");
    succeeded(published);
    const refused = await flow.run("deploy", "dev", "--service", "intake");
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /dev went back to [0-9a-f]{12}: [0-9a-f]{12} was refused before any caller got it\n {2}groundplan-dev-intake:2 failed: RuntimeError: broken on purpose/,
      ),
    });
    // By another version of the same code: Terraform's state agrees, as after every way back.
    expect(await generated.callersGet("groundplan-dev-intake")).toBe(before);
    expect(await flow.pinned("dev", "intake")).toBe(pinned);
    await flow.expectNoChanges("dev-intake");
    await generated.send("dev-intake", '{"id":"third"}');
    await generated.logged("groundplan-dev-intake", /done: third/);
    // What is mended gets through.
    generated.change("intake", "src/main.py", 'raise RuntimeError("broken on purpose")', "failures = list()");
    succeeded(await flow.run("publish", "intake"));
    succeeded(await flow.run("deploy", "dev", "--service", "intake"));
    expect(await generated.callersGet("groundplan-dev-intake")).not.toBe(before);
    await generated.send("dev-intake", '{"id":"fourth"}');
    await generated.logged("groundplan-dev-intake", /done: fourth/);
  });

  (hasGo ? test : test.skip)("a program in Go is called at the times of its schedule", async () => {
    await generated.logged("groundplan-dev-nightly-report", /done time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/);
  });
});

test("all three environments can be destroyed", async () => {
  await ofAll(async (stack) => {
    succeeded(await flow.project.terraform(stack, "destroy", "-input=false", "-auto-approve"));
  });
});
