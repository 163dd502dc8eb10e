import { checkScaleSets } from "../../../../services/runner-core/src/check-scale-sets";
import { removeFormerScaleSets } from "../../../../services/runner-core/src/former-scale-sets";
import { gitHubClient } from "../../../../services/runner-core/src/github/client";
import { scaleSetClient } from "../../../../services/runner-core/src/github/scale-sets";
import { gitHubSession } from "../../../../services/runner-core/src/github/session";
import { Listener } from "../../../../services/runner-core/src/listener";
import type { Context, OwnerContext } from "../../../../services/runner-core/src/ports";
import { jobIdOf, noteRequest, waitingRequests } from "../../../../services/runner-core/src/requests";
import { type ScaleSets, SessionExpired } from "../../../../services/runner-core/src/scale-set-ports";
import type { Pool } from "../../../../services/runner-core/src/settings";
import { ModelStore } from "../model/store";
import { SETTINGS } from "../model/world";
import { GitHubServer } from "./server";

/* GitHub's scale sets over HTTP: the client, and the listener, which shares the book and the orders of the fleet. */

const POOL = SETTINGS.pools[0] as Pool;

let server: GitHubServer;
let store: ModelStore;
let now: number;

beforeEach(async () => {
  server = await GitHubServer.start();
  now = Date.now() / 1000;
  store = new ModelStore(() => now);
});

afterEach(() => server.stop());

/** The scale sets of an owner, by a client that nobody else has. */
function client(): ScaleSets {
  const owner = { ...SETTINGS, key: "" };
  const session = gitHubSession(
    { installationId: 5, apiUrl: server.url },
    async () => ({ appId: "1", privateKey: server.privateKey, webhookSecret: "s" }),
    () => now,
  );
  const { registrationToken } = gitHubClient(owner, session);
  return scaleSetClient({
    settings: { ...SETTINGS, apiUrl: server.url },
    owner,
    registrationToken,
    now: () => now,
  });
}

/** What happens at a request of the listener to AWS. */
let trouble: () => void;

/** A listener of a process of its own. */
function listener(name: string, pool: Pool = POOL): Listener {
  trouble = () => undefined;
  const call = async <T>(effect: () => T): Promise<T> => {
    trouble();
    return effect();
  };
  const aws = store.client(call);
  const context = { owner: "", ledger: aws, orders: aws, now: () => now, count: () => undefined };
  return new Listener(pool, client(), context as unknown as OwnerContext, name);
}

const setId = () => [...server.scaleSets.sets.keys()][0] ?? 0;
const ordered = () => store.messages.map(({ body }) => (JSON.parse(body) as { jobId: number }).jobId);
const book = () => [...store.marks.keys()].filter((key) => key.startsWith("request/"));
const jobOf = (request: number) => jobIdOf("", POOL.name, request);

test("a scale set is made with the labels of its pool, once, and has others when those change", async () => {
  const { id } = await client().ensure(POOL);
  expect([...server.scaleSets.sets.values()]).toMatchObject([
    {
      name: "test-small",
      runnerGroupId: 1,
      labels: [{ name: "self-hosted", type: "System" }, { name: "linux" }],
    },
  ]);
  expect((await client().ensure(POOL)).id).toBe(id);
  expect(server.count("POST /tenant/_apis/runtime/runnerscalesets")).toBe(1);
  const more = await client().ensure({ ...POOL, labels: ["linux", "gpu"] });
  expect(more).toMatchObject({ id, labels: ["self-hosted", "linux", "gpu"] });
});

test("requests of an hour need one registration token, and a new one after that", async () => {
  const sets = client();
  const { id } = await sets.ensure(POOL);
  for (let number = 0; number < 5; number++) await sets.createRunner(id, `r-${number}`);
  expect(server.count("POST /actions/runner-registration")).toBe(1);
  now += 3600;
  await sets.createRunner(id, "later");
  expect(server.count("POST /actions/runner-registration")).toBe(2);
});

test("50 configurations look for their scale set once", async () => {
  await client().ensure(POOL);
  const sets = client();
  server.requests.length = 0;
  for (let number = 0; number < 50; number++)
    await sets.createRunner((await sets.idOf(POOL)) ?? 0, `r-${number}`);
  // A token of the installation, one to register, the connection, and the scale set twice.
  expect(server.requests).toHaveLength(50 + 5);
  expect([...server.runners.values()][0]?.labels).toEqual(["self-hosted", "linux"]);
});

test("a job that is available is acquired, assigned, and ordered once; begun, it is out of the book", async () => {
  const one = listener("one");
  expect(await one.look()).toBe("nothing");
  expect(server.scaleSets.capacity).toBe("4");
  const request = server.scaleSets.queue(setId(), "available");
  expect([await one.look(), await one.look()]).toEqual(["handled", "handled"]);
  expect(ordered()).toEqual([jobOf(request)]);
  expect(book()).toEqual([`request//small/${jobOf(request)}`]);
  server.scaleSets.become(request, "running");
  expect(await one.look()).toBe("handled");
  expect(book()).toEqual([]);
  expect(server.scaleSets.messages).toEqual([]);
});

test("a listener that dies before a message is deleted gets it again, and so does the next one", async () => {
  const one = listener("one");
  await one.look();
  const request = server.scaleSets.queue(setId());
  trouble = () => {
    throw new Error("SQS cannot be reached");
  };
  await expect(one.look()).rejects.toThrow("SQS cannot be reached");
  expect(server.scaleSets.messages).toHaveLength(1);
  trouble = () => undefined;
  await one.close();
  const next = listener("next");
  expect(await next.look()).toBe("handled");
  expect(ordered()).toEqual([jobOf(request)]);
});

test("two listeners: the second waits until the first has ended its session", async () => {
  const [one, two] = [listener("one"), listener("two")];
  await one.look();
  expect(await two.look()).toBe("taken");
  await one.close();
  expect(await two.look()).toBe("nothing");
});

test("a token of the queue that is over is renewed within the session", async () => {
  const one = listener("one");
  await one.look();
  const [{ id } = { id: "" }] = server.scaleSets.sessions.values();
  server.scaleSets.expire("queues");
  const request = server.scaleSets.queue(setId());
  expect([await one.look(), await one.look()]).toEqual(["nothing", "handled"]);
  expect(ordered()).toEqual([jobOf(request)]);
  expect([...server.scaleSets.sessions.values()]).toMatchObject([{ id }]);
});

test("a session that cannot be renewed at once is kept: no listener waits for its own", async () => {
  const one = listener("one");
  await one.look();
  const [{ id } = { id: "" }] = server.scaleSets.sessions.values();
  server.scaleSets.expire("queues");
  server.scaleSets.expire("owners");
  server.failures.set("POST /actions/runner-registration", [503, { message: "Unavailable" }]);
  const request = server.scaleSets.queue(setId());
  await expect(one.look()).rejects.toThrow("503");
  server.failures.clear();
  expect([await one.look(), await one.look()]).toEqual(["nothing", "handled"]);
  expect(ordered()).toEqual([jobOf(request)]);
  expect([...server.scaleSets.sessions.values()]).toMatchObject([{ id }]);
});

test("GitHub is told of as many runners as there may be at the hour", async () => {
  const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
  const hours = [{ days, from: "00:00", to: "00:00", timeZone: "UTC", max: 2 }];
  await listener("one", { ...POOL, hours }).look();
  expect(server.scaleSets.capacity).toBe("2");
});

test("the book of an owner and a pool has nothing of an owner whose key begins with both", async () => {
  const call = async <T>(effect: () => T): Promise<T> => effect();
  const sets = { find: async () => undefined } as unknown as ScaleSets;
  const of = (owner: string) =>
    ({ owner, ledger: store.client(call), now: () => now }) as unknown as OwnerContext;
  const [linux, gpu] = ["linux", "gpu"].map((name) => ({ ...POOL, name }));
  if (!linux || !gpu) throw new Error("there are no pools");
  await noteRequest(of("octo/linux"), gpu, 17);
  await noteRequest(of("octo"), linux, 18);
  expect((await waitingRequests(linux, sets, of("octo"))).map(({ id }) => id)).toEqual([18]);
  expect((await waitingRequests(gpu, sets, of("octo/linux"))).map(({ id }) => id)).toEqual([17]);
});

test("a session that GitHub has ended is followed by another", async () => {
  const one = listener("one");
  await one.look();
  server.scaleSets.sessions.clear();
  server.scaleSets.queue(setId());
  expect([await one.look(), await one.look()]).toEqual(["nothing", "handled"]);
});

test("the owner's token that is over is asked for again", async () => {
  const sets = client();
  const { id } = await sets.ensure(POOL);
  server.scaleSets.expire("owners");
  expect((await sets.find(POOL))?.id).toBe(id);
});

test("a message waits no longer than the listener is to", async () => {
  const sets = client();
  const { id } = await sets.ensure(POOL);
  const session = await sets.openSession(id, "one");
  if (session === "taken") throw new Error("taken");
  server.scaleSets.wait = 60_000;
  const ending = new AbortController();
  const waiting = sets.message(session, 0, 1, ending.signal);
  ending.abort();
  await expect(waiting).rejects.toThrow(/abort/i);
  server.scaleSets.wait = 0;
  server.scaleSets.expire("queues");
  await expect(sets.message(session, 0, 1)).rejects.toThrow(SessionExpired);
});

test("doctor finds a scale set that nobody has made, jobs that nobody has acquired, and GitHub that refuses", async () => {
  const found = async () =>
    (
      await checkScaleSets({
        settings: { ...SETTINGS, scaleSets: true, pools: [POOL] },
        scaleSetsOf: () => client(),
        ledger: store.client(async (effect) => effect()),
      })
    ).map(({ check, level, found: what }) => `${check} ${level}: ${what}`);
  expect(await found()).toEqual(["Scale set of small fail: GitHub has none: no job comes here"]);
  const { id } = await client().ensure(POOL);
  expect(await found()).toEqual([`Scale set of small ok: ${id}, self-hosted, linux`]);
  server.scaleSets.queue(id, "available");
  expect(await found()).toEqual(["Scale set of small warn: 1 jobs are there that nobody has acquired"]);
  server.failures.set("POST /actions/runner-registration", [403, { message: "Forbidden" }]);
  expect(await found()).toEqual([
    expect.stringMatching(/^Scale set of small fail: .*answer 403 .*Forbidden/),
  ]);
});

describe("a scale set that nobody wants any more", () => {
  const context = () => {
    const ledger = store.client(async (effect) => effect());
    const left = { settings: { ...SETTINGS, scaleSets: false }, ledger, log: () => undefined };
    return { ...left, formerScaleSetsOf: () => client() } as unknown as Context;
  };

  test("is taken away once no job of it runs, and doctor says so until then", async () => {
    await listener("one").look();
    const { id } = (await client().find(POOL)) ?? { id: 0 };
    const request = server.scaleSets.queue(id);
    server.scaleSets.become(request, "running");
    await removeFormerScaleSets(context());
    expect((await client().find(POOL))?.id).toBe(id);
    expect(await checkScaleSets(context())).toMatchObject([
      { check: "Former scale set of small", level: "warn", found: expect.stringMatching(/is there still/) },
    ]);
    server.scaleSets.become(request, "completed");
    await removeFormerScaleSets(context());
    expect(await client().find(POOL)).toBeUndefined();
    expect(await checkScaleSets(context())).toEqual([]);
    // Gone by hand before: nothing is wrong.
    await removeFormerScaleSets(context());
  });

  test("whose note is lost with the table is found by its pool, and one of a stranger is not", async () => {
    const { id } = await client().ensure(POOL);
    await client().ensure({ ...POOL, name: "of somebody else" });
    const found = `${id} is there still, and jobs that GitHub gives to it wait for ever; the table does not know it, so nobody takes it away`;
    const lost = { check: "Former scale set of small", level: "warn", found };
    expect(await checkScaleSets(context())).toMatchObject([lost]);
    // Of a pool whose instances stay now, too.
    const standing = { groupName: "group", hookName: "hook" };
    const settings = { ...SETTINGS, scaleSets: true, pools: [{ ...POOL, standing }] };
    expect(await checkScaleSets({ ...context(), settings })).toMatchObject([lost]);
  });

  test.each([
    [404, []],
    [403, [expect.stringMatching(/^GitHub does not say whether there is one: .*403/)]],
  ])("a GitHub that answers %i to the question", async (status, findings) => {
    server.failures.set("POST /actions/runner-registration", [status, { message: "No" }]);
    expect((await checkScaleSets(context())).map(({ found }) => found)).toEqual(findings);
  });

  test("planted fault: one that is wanted stays", async () => {
    await listener("one").look();
    const { id } = (await client().find(POOL)) ?? { id: 0 };
    const wanted = { ...context(), settings: { ...SETTINGS, scaleSets: true } };
    await removeFormerScaleSets(wanted);
    expect((await client().find(POOL))?.id).toBe(id);
    await removeFormerScaleSets({ ...wanted, settings: { ...wanted.settings, pools: [] } });
    expect(await client().find(POOL)).toBeUndefined();
  });
});
