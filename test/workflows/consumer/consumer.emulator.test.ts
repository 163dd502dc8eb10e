import { existsSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { toolPath } from "@groundplan/local";
import { build } from "../../cli/groundplan";
import { type Emulator, startEmulator } from "../../emulator";
import { GitHub } from "../../github/server";
import { machinesLeftOut } from "../../machines";
import { succeeded } from "../act-run";
import { CONSUMER, ConsumerRepository } from "./consumer";
import { PreviewPlatform } from "./platform";

/** From the push of a branch to its address, and to nothing again, by the workflows and with real containers. */

const LEFT_OUT = machinesLeftOut();
const onHost = LEFT_OUT === undefined ? describe : describe.skip;
if (LEFT_OUT !== undefined) test.skip(`the branch of a consumer: ${LEFT_OUT}`, () => {});

const BRANCH = "feature/notes";
const DOMAIN = "previews.localhost";
const NAME = "preview-notes";

/** What stands in the place of a text in a masked copy. */
const HASH = /^[0-9a-f]{32}$/;

onHost("the branch of a consumer", () => {
  let emulator: Emulator;
  let github: GitHub;
  let platform: PreviewPlatform;
  let consumer: ConsumerRepository;

  beforeAll(async () => {
    expect(existsSync(toolPath("act"))).toBe(true);
    build();
    emulator = await startEmulator();
    github = await GitHub.start("shop");
    platform = new PreviewPlatform(emulator);
    await platform.deploy();
    consumer = new ConsumerRepository(emulator, github, platform);
    await consumer.makeImages();
  }, 600_000);

  afterAll(async () => {
    consumer?.remove();
    platform?.remove();
    await github?.stop();
    await emulator?.stop();
  });

  /** Its address, which has the port of the local AWS. */
  const endpoint = () =>
    `https://${NAME}.${DOMAIN}:${new URL(emulator.environment.AWS_ENDPOINT_URL ?? "").port}/`;

  /** Asks a preview as curl does with `--cacert`. */
  async function ask(
    path: string,
    { method = "GET", body = "", name = NAME } = {},
  ): Promise<{ status: number; text: string }> {
    const host = `${name}.${DOMAIN}`;
    const { port } = new URL(emulator.environment.AWS_ENDPOINT_URL ?? "");
    const ca = readFileSync(join(emulator.stateDirectory, "authority.pem"));
    return new Promise((resolve, reject) => {
      const headers = { host: `${host}:${port}`, "content-length": Buffer.byteLength(body) };
      const options = { host: "127.0.0.1", port, method, path, servername: host, ca, headers, agent: false };
      request(options, async (answer) => {
        let text = "";
        for await (const chunk of answer) text += chunk;
        resolve({ status: answer.statusCode ?? 0, text });
      })
        .once("error", reject)
        .end(body);
    });
  }

  const notes = async (name = NAME): Promise<readonly string[]> =>
    JSON.parse((await ask("/notes", { name })).text).notes.map(({ text }: { text: string }) => text);

  const imageOf = async (name: string): Promise<string> =>
    JSON.parse((await platform.groundplan("preview", "status", name, "--json")).output).image;

  test("its pull request is built, migrated, and answers over TLS; the comment and the deployment say where", async () => {
    consumer.git("checkout", "--quiet", "-b", BRANCH);
    github.repository.pull(7, consumer.git("rev-parse", BRANCH), CONSUMER, BRANCH);
    const run = succeeded(await consumer.openPull(7, BRANCH));
    expect(run.jobs).toMatchObject({ build: "success", provision: "success" });
    expect(await notes()).toEqual(["of the dump"]);
    expect((await ask("/notes", { method: "POST", body: "remember" })).status).toBe(201);
    expect(github.repository.deployments.all).toMatchObject([{ environment: "preview-notes" }]);
    expect(github.repository.deployments.all[0]?.states.at(-1)).toMatchObject({
      state: "success",
      url: endpoint(),
    });
    const [comment, ...others] = github.repository.comments;
    expect(others).toEqual([]);
    expect(comment?.body).toContain(endpoint());
    expect(github.violations).toEqual([]);
  });

  test("the next push has its own image, and the data is still there", async () => {
    consumer.edit("src/server.mjs", (text) => text.replace('status: "ok"', 'status: "ok", version: 2'));
    consumer.commit("another version");
    succeeded(await consumer.push(BRANCH));
    expect(await ask("/health")).toEqual({ status: 200, text: '{"status":"ok","version":2}' });
    expect(await notes()).toEqual(["remember", "of the dump"]);
  });

  test("it sleeps and wakes, and lives longer", async () => {
    for (const args of [["sleep"], ["wake"], ["extend", "--ttl", "14d"]]) {
      const [verb = "", ...more] = args;
      const { code, output } = await platform.groundplan("preview", verb, "preview-notes", ...more);
      expect([verb, code, code === 0 ? "" : output]).toEqual([verb, 0, ""]);
    }
    expect((await ask("/health")).status).toBe(200);
  });

  test("another preview begins with a masked copy of its data", async () => {
    await platform.offer("notes", NAME, ["migrations.name"]);
    consumer.edit(".idp/config.yml", (text) => text.replace(/seed: .*/, "copy: notes"));
    const image = await imageOf(NAME);
    const { code, output } = await platform.groundplan(
      ...["preview", "create", "--name", "copied", "--config", consumer.path],
      ...["--image", image, "--yes"],
    );
    expect([code, code === 0 ? "" : output]).toEqual([0, ""]);
    // Its migrations were noted: they did not run again, and what people wrote is hashed.
    expect(await notes("copied")).toEqual([expect.stringMatching(HASH), expect.stringMatching(HASH)]);
    const gone = await platform.groundplan("preview", "destroy", "copied", "--yes");
    expect([gone.code, gone.code === 0 ? "" : gone.output]).toEqual([0, ""]);
  });

  test("with the branch it goes, and AWS lists nothing more of it", async () => {
    succeeded(await consumer.deleteBranch(BRANCH));
    const { output } = await platform.groundplan("preview", "list", "--json");
    expect(JSON.parse(output)).toMatchObject({ previews: [] });
    expect(github.repository.deployments.all[0]?.states.at(-1)).toMatchObject({ state: "inactive" });
    expect(github.violations).toEqual([]);
  });
});
