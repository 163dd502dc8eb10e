import { gitHubClient } from "../../../../services/runner-core/src/github/client";
import { gitHubSession } from "../../../../services/runner-core/src/github/session";
import { Permanent } from "../../../../services/runner-core/src/order";
import { allPages } from "../../../../services/runner-core/src/pages";
import type { GitHub } from "../../../../services/runner-core/src/ports";
import { GitHubServer } from "./server";

let server: GitHubServer;
let now: number;

beforeEach(async () => {
  server = await GitHubServer.start();
  now = Date.now() / 1000;
});

afterEach(() => server.stop());

const client = (): GitHub => clientBy(server.privateKey);

const clientBy = (privateKey: string): GitHub =>
  gitHubClient(
    { owner: "octo", scope: "organization", repositories: [] },
    gitHubSession(
      { installationId: 5, apiUrl: server.url },
      async () => ({ appId: "1", privateKey, webhookSecret: "s" }),
      () => now,
    ),
  );

const create = (github: GitHub, name: string, groupId = 1) =>
  github.createRunner({ name, labels: ["linux"], groupId });

test("50 runners need one token, and one request each", async () => {
  const github = client();
  for (let number = 0; number < 50; number++) await create(github, `r-${number}`);
  expect(server.count("POST /app/")).toBe(1);
  expect(server.requests).toHaveLength(51);
  expect([...server.runners.values()][0]?.labels).toEqual(["self-hosted", "linux"]);
});

test("a token is asked for again before it ends", async () => {
  const github = client();
  await create(github, "a");
  now += 3301;
  await create(github, "b");
  expect(server.count("POST /app/")).toBe(2);
});

test("two functions that ask for a token in the same second send different ones", async () => {
  await Promise.all([create(client(), "a"), create(client(), "b")]);
  expect(server.count("POST /app/")).toBe(2);
  expect(server.runners.size).toBe(2);
});

test("runners and jobs are read from every page", async () => {
  const github = client();
  for (let id = 1; id <= 130; id++) {
    server.runners.set(id, {
      id,
      name: `r-${id}`,
      labels: [],
      status: id % 2 ? "online" : "offline",
      busy: id === 130,
    });
    server.jobs.push({
      id,
      labels: ["linux"],
      created_at: "2026-11-30T12:00:00Z",
      status: id > 120 ? "queued" : "completed",
    });
  }
  const runners = await allPages((page) => github.runners(page));
  expect(runners).toHaveLength(130);
  expect(runners.at(-1)).toEqual({ id: 130, name: "r-130", online: false, busy: true });
  const jobs = await allPages((page) => github.queuedJobs({ repository: "one", id: 1 }, page));
  expect(jobs.map(({ id }) => id)).toEqual([121, 122, 123, 124, 125, 126, 127, 128, 129, 130]);
  expect(jobs[0]).toEqual({
    id: 121,
    labels: ["linux"],
    queuedAt: Date.parse("2026-11-30T12:00:00Z") / 1000,
  });
});

test("archived repositories have no queue", async () => {
  expect(await allPages((page) => client().repositories(page))).toEqual(["one"]);
});

test("a runner that has a job is not taken off; one that is gone is", async () => {
  const github = client();
  const { id } = await create(github, "a");
  const runner = server.runners.get(Number(id));
  if (runner) runner.busy = true;
  expect(await github.removeRunner(id)).toBe("busy");
  expect(await github.runner(id)).toMatchObject({ id, busy: true });
  if (runner) runner.busy = false;
  expect(await github.removeRunner(id)).toBe("removed");
  expect(await github.removeRunner(id)).toBe("removed");
  expect(await github.runner(id)).toBeUndefined();
});

test.each<[string, number, RegExp]>([
  ["a group that is not there", 99, /there is no runner group 99 \(404\).*Self-hosted runners: write/],
  [
    "the group of GitHub's own runners",
    2,
    /group 2 \(403\).*lacks the organization permission.*GitHub-hosted/,
  ],
])("%s is no matter of another try, and the message says what to do", async (_, group, message) => {
  const made = create(client(), "a", group);
  await expect(made).rejects.toThrow(message);
  await expect(made).rejects.toBeInstanceOf(Permanent);
});

test("a failure of GitHub's own is a matter of another try", async () => {
  server.failures.set("POST /orgs", [502, { message: "Bad Gateway" }]);
  const made = create(client(), "a");
  await expect(made).rejects.toThrow();
  await expect(made).rejects.not.toBeInstanceOf(Permanent);
});

test("a key that is not the app's is refused, and the message does not hold it", async () => {
  const other = await GitHubServer.start();
  const github = clientBy(other.privateKey);
  await other.stop();
  await expect(create(github, "a")).rejects.toThrow(/could not be decoded/);
});
