import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { defaultSettings } from "../../../cli/artifact/function-settings";
import { LAMBDA } from "../../../cli/artifact/lambda/kind";
import { currentTable, listTable } from "../../../cli/artifact/overview";
import { prunePlan } from "../../../cli/artifact/prune-plan";
import { Session } from "../../../cli/artifact/session";
import { documentOf } from "../formats/held";
import type { Run } from "../groundplan";
import { inProcess } from "../in-process";
import type { World } from "./world";
import { Worlds } from "./worlds";

let worlds: Worlds;
let world: World;
let session: Session;
let ssm: SSMClient;
let s3: S3Client;

beforeAll(async () => {
  worlds = await Worlds.open();
  ssm = new SSMClient();
  s3 = new S3Client({ forcePathStyle: true });
});
afterAll(() => worlds.close());
beforeEach(async () => {
  world = worlds.next();
  await world.begin();
  const folder = `/nowhere/${world.service}`;
  const settings = defaultSettings("node");
  const service = { kind: "lambda" as const, name: world.service, folder, entry: "", include: [], settings };
  session = new Session(
    LAMBDA,
    { root: folder, app: "", output: "" },
    service,
    world.store,
    world.targets,
    undefined,
    {},
  );
});
afterEach(() => {
  process.exitCode = 0;
});

/** Runs a command on the session. */
const run = (show: (session: Session, json: boolean) => Promise<void>): Promise<Run> =>
  inProcess((program) => void program.command("show").action(() => show(session, true)), ["show"], {});

const environmentsIn = ({ stdout }: Run) =>
  documentOf<{ environments: unknown }>("artifact-current", stdout).environments;
const artifactsIn = ({ stdout }: Run) =>
  documentOf<{ artifacts: unknown }>("artifact-list", stdout).artifacts;

const put = (Name: string, Value: string) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite: true }));

const plan = () => prunePlan({ session, retention: { keep: 1 } }, new Date());

test("a damaged pin is named, the others are shown, and nothing is pruned or pinned over it", async () => {
  const { parameter } = world.target("staging");
  await expect(plan()).resolves.toMatchObject({ artifacts: [] });
  await put(parameter, '{"sha256":7}');

  const current = await run(currentTable);
  expect(environmentsIn(current)).toMatchObject([
    { environment: "dev", pin: { sha256: world.hashOf("b") }, state: "get it" },
    { environment: "staging", pin: null, state: "its pin is damaged" },
    { environment: "prod", pin: null, state: "nothing pinned" },
  ]);
  expect(current.stderr).toMatch(
    new RegExp(
      `Damaged.*parameter ${parameter} does not hold a pin: .*\\n.*us-east-1\\n.*get-parameter-history`,
    ),
  );
  expect(process.exitCode).toBe(4);

  const list = await run(listTable);
  expect(artifactsIn(list)).toMatchObject([
    { keptBy: null, environments: ["dev"] },
    { keptBy: null, environments: [] },
  ]);
  expect(list.stderr).toContain(parameter);

  await expect(plan()).rejects.toThrow(`parameter ${parameter} does not hold a pin`);
  const artifact = await session.artifact(undefined);
  await expect(session.pins(world.target("staging")).pin(artifact)).rejects.toThrow(parameter);
  await expect(session.rolledBack(world.target("staging"), undefined)).rejects.toThrow(parameter);
  await expect(session.promoted(world.target("prod"), world.target("staging"))).rejects.toThrow(parameter);
});

test("a pin of another branch that cannot be read keeps everything: nobody knows what it needs", async () => {
  const [, root] = world.target("dev").parameter.split("/");
  const parameter = `/${root}/elsewhere/${world.service}/artifact`;
  await put(parameter, "{}");

  await expect(plan()).rejects.toThrow(`parameter ${parameter} does not hold a pin`);
  const list = await run(listTable);
  expect(artifactsIn(list)).toMatchObject([{ keptBy: null }, { keptBy: null }]);
  expect(list.stderr).toContain(parameter);

  await ssm.send(new DeleteParameterCommand({ Name: parameter }));
  await expect(plan()).resolves.toMatchObject({ artifacts: [] });
});

test("a damaged index is named, and what is pinned is shown; no object of another service is removed by it", async () => {
  const place = { Bucket: "artifacts", Key: `index/${world.service}.json` };
  const { Body } = await s3.send(new GetObjectCommand(place));
  const index = JSON.parse((await Body?.transformToString()) ?? "");
  const [first] = index.artifacts;
  const other = first.key.replace(world.service, "another-service");
  for (const [artifacts, why] of [
    [[null], "/artifacts/0 must be object"],
    [[{ ...first, key: "../index/x.json" }], "/artifacts/0/key must match"],
    [[{ ...first, key: other }], `key "${other}" is not ${first.key}`],
    [[{ ...first, sourceCodeHash: `${"A".repeat(43)}=` }], "not of the same content"],
  ] as const) {
    await s3.send(new PutObjectCommand({ ...place, Body: JSON.stringify({ ...index, artifacts }) }));
    const failed = run(listTable);
    await expect(failed).resolves.toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
    await expect(failed).resolves.toMatchObject({
      stderr: expect.stringContaining(`s3://artifacts/${place.Key}`),
    });
    await expect(plan()).rejects.toThrow("the index cannot be read");
    await expect(session.artifact(undefined)).rejects.toThrow("the index cannot be read");
    expect(environmentsIn(await run(currentTable))).toMatchObject([{ state: "get it" }, {}, {}]);
  }
  await s3.send(
    new PutObjectCommand({ ...place, Body: JSON.stringify({ ...index, service: "another-service" }) }),
  );
  await expect(session.index()).rejects.toThrow(/key .* is not|it is of service another-service/);
});
