import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { temporaryFolder } from "../../temporary-folder";
import { build } from "../groundplan";
import { BUCKET, PlanProject, parameter, TABLE } from "../plan/project";
import { type StateProject, stateProject, write } from "../project";
import { LOCK_ID, StateAccount } from "../state-account";
import { faultsOf } from "./printed";

let project: PlanProject;
beforeAll(async () => {
  build();
  project = await PlanProject.start({ withProvider: true });
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await project.account.s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
});
afterAll(() => project?.stop());

const state = (...args: readonly string[]) => project.groundplan(["state", ...args]);

async function json<T>(...args: readonly string[]): Promise<T> {
  const { stdout, stderr, code } = await state(...args, "--json");
  if (stdout === "") throw new Error(`state ${args.join(" ")} ended with ${code}\n${stderr}`);
  return JSON.parse(stdout) as T;
}

test("an old version is the state again, and Terraform takes it", async () => {
  // GIVEN two versions: with one parameter, and with two
  for (const names of [["a"], ["a", "b"]]) {
    const resources = Object.fromEntries(names.map((name) => [name, parameter(`/dev/${name}`, "x")]));
    project.write({ "dev-net": { json: { resource: { aws_ssm_parameter: resources } } } });
    expect((await project.groundplan(["apply", "--auto-approve"])).code).toBe(0);
  }
  const { versions } = await json<{ versions: { id: string; current: boolean }[] }>("versions", "dev-net");
  const old = versions.at(-1)?.id ?? "";
  expect(versions.length).toBeGreaterThanOrEqual(2);
  expect(versions[0]?.current).toBe(true);
  expect(await json("show", "dev-net", old)).toMatchObject({ resources: ["aws_ssm_parameter.a"] });
  const before = await json<{ serial: number; lineage: string }>("show", "dev-net");
  // WHEN nobody can be asked, nothing happens
  const unasked = await state("restore", "dev-net", old);
  expect(unasked).toMatchObject({ code: 2 });
  expect(unasked.stderr).toContain("give --yes");
  expect(await json("show", "dev-net")).toEqual(before);
  // WHEN
  const result = await json<{ backup: string; after: number }>("restore", "dev-net", old, "--yes");
  // THEN
  expect(faultsOf(result)).toEqual([]);
  expect(result).toMatchObject({
    before: before.serial,
    added: [],
    removed: ["aws_ssm_parameter.b"],
  });
  expect(result.after).toBeGreaterThan(before.serial);
  expect(JSON.parse(readFileSync(result.backup, "utf8")).serial).toBe(before.serial);
  expect(await project.account.locks(TABLE)).toEqual([]);
  // Terraform compares the checksum in the table with what it reads.
  const pulled = execFileSync("terraform", ["state", "pull"], {
    cwd: join(project.path, "cdktf.out", "stacks", "dev-net"),
    env: { ...process.env, ...project.environment },
    encoding: "utf8",
  });
  expect(JSON.parse(pulled)).toMatchObject({ serial: result.after, lineage: before.lineage });
});

test("the state of something else, a version that is not there and a locked state are refused", async () => {
  // GIVEN a version of another lineage between two of ours
  const { s3, dynamodb: _ } = project.account;
  const place = { Bucket: BUCKET, Key: "dev-net.tfstate" };
  const ours = (await (await s3.send(new GetObjectCommand(place))).Body?.transformToString()) ?? "";
  const Body = JSON.stringify({ ...JSON.parse(ours), lineage: "of-something-else" });
  const { VersionId: foreign = "" } = await s3.send(new PutObjectCommand({ ...place, Body }));
  await s3.send(new PutObjectCommand({ ...place, Body: ours }));
  // THEN
  expect((await state("restore", "dev-net", foreign, "--yes")).stderr).toContain("lineage of-something-else");
  expect((await state("restore", "dev-net", "no-such-version", "--yes")).stderr).toContain(
    "no version no-such-version",
  );
  expect(await project.account.locks(TABLE)).toEqual([]);
  expect((await (await s3.send(new GetObjectCommand(place))).Body?.transformToString()) ?? "").toBe(ours);
});

test("in another workspace, state looks where plan and apply look", async () => {
  // GIVEN a state in the workspace blue, and none in the default one
  const env = { TF_WORKSPACE: "blue" };
  const parameters = { aws_ssm_parameter: { a: parameter("/blue/a", "x") } };
  project.write({ "dev-blue": { json: { resource: parameters } } });
  expect((await project.groundplan(["apply", "--auto-approve"], env)).code).toBe(0);
  await project.account.lockInTable(TABLE, BUCKET, "env:/blue/dev-blue.tfstate");
  const inBlue = (...args: readonly string[]) => project.groundplan(["state", ...args], env);
  // THEN its lock is seen there, and there alone
  expect(await inBlue("locks")).toMatchObject({ code: 4, stdout: expect.stringContaining("ci@runner-7") });
  expect(await state("locks")).toMatchObject({ code: 0 });
  expect(await inBlue("unlock", "dev-blue", LOCK_ID, "--yes")).toMatchObject({ code: 0 });
  const { versions } = JSON.parse((await inBlue("versions", "dev-blue", "--json")).stdout) as {
    versions: { id: string }[];
  };
  expect(versions.length).toBeGreaterThan(0);
  expect((await state("versions", "dev-blue")).stdout).toContain("dev-blue has no state yet, or");
  const restored = await inBlue("restore", "dev-blue", versions.at(-1)?.id ?? "", "--yes", "--json");
  expect(JSON.parse(restored.stdout)).toMatchObject({ restored: true });
  expect(await json("versions", "dev-blue")).toMatchObject({ workspace: "default", versions: [] });
  const elsewhere = await project.groundplan(["state", "show", "dev-blue"], { TF_WORKSPACE: "green" });
  expect(elsewhere.stderr).toContain("dev-blue has no state yet in workspace green");
});

describe("locks in the table and in the bucket", () => {
  let locked: StateProject;
  let account: StateAccount;
  const run = (...args: readonly string[]) => project.groundplan(["state", ...args], {}, locked.folder);
  beforeAll(async () => {
    locked = stateProject({ bucket: "locked-states", locking: "both" });
    account = new StateAccount(project.environment);
    await account.createBucket("locked-states");
    await account.createTable(locked.table);
  });
  afterAll(() => locked.remove());

  test("are listed, refuse a restore, and are released by their id only", async () => {
    // GIVEN
    expect(await run("locks")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("No lock on any of"),
    });
    await account.lockInTable(locked.table, "locked-states");
    await account.lockFile("locked-states");
    // THEN
    const listed = await run("locks", "--json");
    expect(listed.code).toBe(4);
    expect(JSON.parse(listed.stdout)).toMatchObject({
      locks: [{ stack: "state", ID: LOCK_ID, Who: "ci@runner-7" }],
    });
    const refused = await run("restore", "state", "any", "--yes");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain("locked by ci@runner-7");
    const other = await run("unlock", "state", "00000000-0000-0000-0000-000000000000", "--yes");
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining(LOCK_ID) });
    // WHEN
    expect(await run("unlock", "state", LOCK_ID, "--yes")).toMatchObject({ code: 0 });
    // THEN
    expect(await account.locks(locked.table)).toEqual([]);
    expect(await run("locks")).toMatchObject({ code: 0 });
    // A lock file alone, as after the migration, counts too; and a refused one in the table takes its file back.
    await account.lockFile("locked-states");
    expect((await run("restore", "state", "any", "--yes")).code).toBe(4);
    expect(await account.locks(locked.table)).toEqual([]);
    expect(await run("unlock", "state", LOCK_ID, "--yes")).toMatchObject({ code: 0 });
    await account.lockInTable(locked.table, "locked-states");
    expect((await run("restore", "state", "any", "--yes")).code).toBe(4);
    expect(await run("unlock", "state", LOCK_ID, "--yes")).toMatchObject({ code: 0 });
    expect(await run("locks")).toMatchObject({ code: 0 });
  });

  test("are held when they are damaged too, as Terraform says, and are released by the command that is named", async () => {
    // GIVEN a stack without a provider, whose state is that of the project
    const folder = temporaryFolder("damaged");
    const { backend } = JSON.parse(readFileSync(join(locked.stack, "cdk.tf.json"), "utf8")).terraform;
    write(join(folder, "main.tf.json"), { terraform: { backend } });
    const env = { ...process.env, ...project.environment };
    const terraform = (...args: readonly string[]) =>
      spawnSync("terraform", [...args, "-no-color", "-input=false"], { cwd: folder, env, encoding: "utf8" });
    expect(terraform("init").status).toBe(0);
    const at = { Bucket: "locked-states", Key: "state/terraform.tfstate.tflock" };
    const item = { LockID: { S: "locked-states/state/terraform.tfstate" } };
    const put = (Info?: { S: string }) =>
      account.dynamodb.send(
        new PutItemCommand({ TableName: locked.table, Item: { ...item, ...(Info ? { Info } : {}) } }),
      );
    const file = (Body: string) => account.s3.send(new PutObjectCommand({ ...at, Body }));
    try {
      for (const damage of [() => put(), () => put({ S: "{}" }), () => file(""), () => file("not json")]) {
        // WHEN
        await damage();
        // THEN
        const refused = terraform("plan");
        expect(refused.status).toBe(1);
        expect(refused.stderr).toContain("Error acquiring the state lock");
        const listed = await run("locks");
        expect(listed).toMatchObject({ code: 4, stdout: expect.stringContaining("held by a damaged lock") });
        expect(await run("unlock", "state", LOCK_ID, "--yes")).toMatchObject({ code: 2 });
        const [, command = ""] = /: npx groundplan state (unlock .*)/.exec(listed.stdout) ?? [];
        expect(await run(...command.split(" "), "--yes")).toMatchObject({ code: 0 });
        expect(await run("locks")).toMatchObject({ code: 0 });
        expect(terraform("plan").status).toBe(0);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("are those of the account that the backend's profile is of", async () => {
    // GIVEN a state of another account, and a backend that has that account's profile and names no Region
    const other = "222222222222";
    const theirs = stateProject({ bucket: "their-states", account: other, locking: "both" });
    const owner = new StateAccount(project.environment, other);
    await owner.createBucket("their-states");
    await owner.createTable(theirs.table);
    await owner.lockInTable(theirs.table, "their-states");
    const file = join(theirs.stack, "cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8"));
    const { region: _, ...block } = json.terraform.backend.s3;
    const backend = (s3: object) =>
      write(file, { ...json, terraform: { ...json.terraform, backend: { s3: { ...block, ...s3 } } } });
    const profile = `[theirs]\naws_access_key_id = ${other}\naws_secret_access_key = test\n`;
    writeFileSync(join(theirs.stack, "credentials"), profile);
    const locks = () => project.groundplan(["state", "locks", "--json"], {}, theirs.folder);
    try {
      // WHEN, THEN the lock is seen with the profile, and not with the credentials of the process
      backend({ profile: "theirs", shared_credentials_files: ["credentials"] });
      const seen = await locks();
      expect(seen.code).toBe(4);
      expect(JSON.parse(seen.stdout)).toMatchObject({ locks: [{ stack: "state", ID: LOCK_ID }] });
      backend({});
      const unseen = await locks();
      expect(unseen.code).toBe(3);
      expect(JSON.parse(unseen.stdout)).toMatchObject({ locks: [], looked: 0, unseen: [{ stack: "state" }] });
      expect(unseen.stderr).toMatch(/Not checked: state, there is no lock table their-states-locks/);
      // A backend that is not followed is named, and nobody is said to hold nothing.
      backend({ access_key: "AKIA" });
      const refused = await project.groundplan(["state", "locks"], {}, theirs.folder);
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toMatch(/Not checked: state, the S3 backend says access_key/);
      // Nor is it whoever is here who asks when a role does.
      backend({ role_arn: `arn:aws:iam::${other}:role/state` });
      const byRole = await locks();
      expect(byRole.code).toBe(4);
      expect(JSON.parse(byRole.stdout)).toMatchObject({ locks: [{ stack: "state", ID: LOCK_ID }] });
    } finally {
      theirs.remove();
    }
  });
});
