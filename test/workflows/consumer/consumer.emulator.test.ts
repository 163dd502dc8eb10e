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
const HOST = "preview-notes.previews.localhost";

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
  const endpoint = () => `https://${HOST}:${new URL(emulator.environment.AWS_ENDPOINT_URL ?? "").port}/`;

  /** Asks the preview as curl does with `--cacert`. */
  async function ask(path: string, method = "GET", body = ""): Promise<{ status: number; text: string }> {
    const { port } = new URL(emulator.environment.AWS_ENDPOINT_URL ?? "");
    const ca = readFileSync(join(emulator.stateDirectory, "authority.pem"));
    return new Promise((resolve, reject) => {
      const headers = { host: `${HOST}:${port}`, "content-length": Buffer.byteLength(body) };
      const options = { host: "127.0.0.1", port, method, path, servername: HOST, ca, headers, agent: false };
      request(options, async (answer) => {
        let text = "";
        for await (const chunk of answer) text += chunk;
        resolve({ status: answer.statusCode ?? 0, text });
      })
        .once("error", reject)
        .end(body);
    });
  }

  const notes = async (): Promise<readonly string[]> =>
    JSON.parse((await ask("/notes")).text).notes.map(({ text }: { text: string }) => text);

  test("its pull request is built, migrated, and answers over TLS; the comment and the deployment say where", async () => {
    consumer.git("checkout", "--quiet", "-b", BRANCH);
    github.repository.pull(7, consumer.git("rev-parse", BRANCH), CONSUMER, BRANCH);
    const run = succeeded(await consumer.openPull(7, BRANCH));
    expect(run.jobs).toMatchObject({ build: "success", provision: "success" });
    expect(await notes()).toEqual(["of the dump"]);
    expect((await ask("/notes", "POST", "remember")).status).toBe(201);
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

  test("with the branch it goes, and AWS lists nothing more of it", async () => {
    succeeded(await consumer.deleteBranch(BRANCH));
    const { output } = await platform.groundplan("preview", "list", "--json");
    expect(JSON.parse(output)).toMatchObject({ previews: [] });
    expect(github.repository.deployments.all[0]?.states.at(-1)).toMatchObject({ state: "inactive" });
    expect(github.violations).toEqual([]);
  });
});
