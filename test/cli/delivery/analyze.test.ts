import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type AnalysisProps, analyze } from "../../../cli/delivery/analyze";
import { type Failing, FailingServer } from "../../delivery/failing-server";

const RULE = { checks: 10, seconds: 1, maxErrors: 10 };

let server: FailingServer;
afterEach(() => server?.stop());

async function judge(failing: Failing, props: Partial<AnalysisProps> = {}) {
  server = await FailingServer.start(failing);
  return analyze({ url: `${server.url}/health`, rule: RULE, ...props });
}

test("each check is told with what is found until then", async () => {
  const told: string[] = [];
  const found = await judge(
    { ofTen: 1 },
    {
      onCheck: ({ sample }, { taken, errors, verdict }) =>
        told.push([sample, taken, errors, verdict].join(" ")),
    },
  );
  expect(told[0]).toBe("error 1 1 running");
  expect(told.at(-1)).toBe("ok 10 1 pass");
  expect(found).toMatchObject({ verdict: "pass", reasons: [{ reason: "status 500", count: 1 }] });
});

test("a service that is silent is asked as often as one that answers, and each silence is an error", async () => {
  const rule = { ...RULE, maxErrors: 90 };
  const found = await judge({ ofTen: 9, how: "silence" }, { rule, timeout: 300 });
  expect(server.asked).toBe(10);
  expect(found).toMatchObject({
    verdict: "pass",
    errors: 9,
    reasons: [{ reason: "no answer in time", count: 9 }],
  });
});

test("what is ended before its time is inconclusive, and nothing is asked any more", async () => {
  const ending = new AbortController();
  const found = await judge({ ofTen: 0 }, { signal: ending.signal, onCheck: () => ending.abort() });
  expect([found.verdict, found.taken]).toEqual(["inconclusive", 1]);
  const { asked } = server;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(server.asked).toBe(asked);
});

test("metrics that cannot be read leave it inconclusive, though every check was well", async () => {
  const found = await judge({ ofTen: 0 }, { metrics: "http://127.0.0.1:1/metrics" });
  expect([found.verdict, found.errors, found.traffic]).toEqual(["inconclusive", 0, undefined]);
});

describe("an answer of another kind", () => {
  let other: Server;
  afterEach(() => other.close());

  const answering = async (status: number, body: string | Buffer = "", headers = {}) => {
    other = createServer((_, answer) => answer.writeHead(status, headers).end(body));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    return analyze({ url, rule: RULE, timeout: 60_000 });
  };

  test.each([204, 200])("with status %i is well", async (status) => {
    expect((await answering(status)).verdict).toBe("pass");
  });

  test("a redirect is not followed: it says nothing of the service", async () => {
    const found = await answering(302, "", { location: "http://127.0.0.1:1/" });
    expect([found.verdict, found.reasons[0]?.reason]).toEqual(["fail", "status 302"]);
  });

  test("one without an end is an error", async () => {
    const found = await answering(200, Buffer.alloc(4_000_001));
    expect([found.verdict, found.reasons[0]?.reason]).toEqual([
      "fail",
      "an answer of more than 4000000 bytes",
    ]);
  });
});
