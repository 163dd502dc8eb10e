import { gitHubClient } from "../../../services/runner-core/src/github/client";
import { gitHubSession } from "../../../services/runner-core/src/github/session";
import type { Context } from "../../../services/runner-core/src/ports";
import { scaleUp } from "../../../services/runner-core/src/scale-up";
import { GitHubServer } from "./github/server";
import { ModelEc2 } from "./model/aws";
import { ModelGitHub } from "./model/github";
import { ModelStore } from "./model/store";
import { type Invocation, SETTINGS, World } from "./model/world";

/* What a fleet promises, as counts of requests: those are the same on every machine, and times are not. */

const CALM: Invocation = { trouble: {}, lag: 0 };
const LARGE = { ...SETTINGS, pools: SETTINGS.pools.map((pool) => ({ ...pool, max: 1000 })) };

/** Messages that Lambda gives to one run. */
const BATCH = 5;

/** Requests by which so many jobs that are queued at once are all started. */
async function requestsFor(jobs: number): Promise<number> {
  const world = new World(LARGE);
  world.ec2.pageSize = 1000;
  for (let job = 0; job < jobs; job++) world.queue(false);
  while (world.webhooks.length > 0) await world.deliver(0, false, CALM);
  while (world.store.messages.length > 0) await world.scaleUp(BATCH, CALM);
  expect(world.ec2.running).toHaveLength(jobs);
  return world.requests;
}

test("500 jobs that are queued at once cost no more for each than 50 do", async () => {
  const [few, many] = [await requestsFor(50), await requestsFor(500)];
  expect(many).toBeLessThanOrEqual(10 * few);
});

test("between a webhook and the request of its instance are seven requests, one after the other", async () => {
  const world = new World();
  world.queue(false);
  await world.deliver(0, false, CALM);
  await world.scaleUp(1, CALM);
  // The order; the list, the claim, the runner, its configuration, the note and the launch; then reader and note.
  expect(world.requests).toBe(1 + 6 + 2);
});

/** Requests of GitHub, beside one for each runner, by which so many jobs are started, in batches. */
async function asked(server: GitHubServer, jobs: number): Promise<number> {
  const now = () => Date.now() / 1000;
  const store = new ModelStore(now);
  const call = async <T>(effect: () => T) => effect();
  const ec2 = new ModelEc2(now, new ModelGitHub(now)).client(call, 0);
  const secret = { appId: "1", privateKey: server.privateKey, webhookSecret: "s" };
  const github = gitHubClient(
    SETTINGS,
    gitHubSession({ installationId: 5, apiUrl: server.url }, async () => secret, now),
  );
  let unique = 0;
  const context: Context = {
    settings: LARGE,
    githubOf: () => github,
    fleet: ec2,
    configurations: ec2,
    ledger: store.client(call),
    orders: store.client(call),
    groups: {} as Context["groups"],
    now,
    unique: () => String(unique++),
    count: () => undefined,
    log: () => undefined,
  };
  for (let job = 1; job <= jobs; job++) store.push(JSON.stringify({ jobId: job, pool: "small", attempt: 1 }));
  for (let batch = store.receive(BATCH); batch.length > 0; batch = store.receive(BATCH))
    expect(await scaleUp(batch, context)).toEqual({ batchItemFailures: [] });
  expect(server.runners.size).toBe(jobs);
  return server.requests.length - server.count("POST /orgs/octo/actions/runners/generate-jitconfig");
}

test("50 jobs need at most 1 + 50/25 requests of GitHub for tokens and lists", async () => {
  const server = await GitHubServer.start();
  try {
    expect(await asked(server, 50)).toBeLessThanOrEqual(1 + 50 / 25);
  } finally {
    await server.stop();
  }
});
