import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import type { ClusterStatus } from "../../local";
import { builtLocal } from "../built-local";
import type { Cluster } from "../cluster";
import { argumentsOf, askPort, type Listener, listenersOf } from "./listening";
import { openFiles } from "./open-files";

const LOOPBACK = "0100007F";

/** What is asked of every port, by somebody who has no credentials. */
const QUESTIONS: readonly { readonly text: string; readonly tls?: boolean }[] = [
  ...[
    "/",
    "/version",
    "/metrics",
    "/healthz",
    "/debug/pprof/",
    "/debug/pprof/cmdline",
    "/api/v1/secrets",
    "/v3/kv/range",
  ].flatMap((path) =>
    [false, true].map((tls) => ({
      text: `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
      tls,
    })),
  ),
  // HTTP/2, as gRPC speaks it: a server that takes it answers with its settings.
  { text: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0" },
  ...["PING", "DBSIZE", "KEYS *", "GET app", "FLUSHALL", "INFO", "CONFIG GET *", "SUBSCRIBE a"].map(
    (command) => ({
      text: `${command}\r\n`,
    }),
  ),
];

/** All that a port may say to somebody without credentials, each with its reason. */
const REFUSALS: readonly (readonly [answer: RegExp, reason: string])[] = [
  [/^$/, "it closes the connection, or waits for credentials: etcd, whose TLS wants a certificate"],
  [/^HTTP\/1\.[01] 401 /, "the API server and the controller's metrics: a token is wanted"],
  [/^HTTP\/1\.[01] 400 Bad Request\r\n/, "what is not its protocol"],
  [/^-NOAUTH /, "the cache: a password is wanted"],
  [/^-ERR (?:unknown command|wrong number)/, "the cache: what is none of its commands"],
];

function isRefusal(answer: string): boolean {
  return REFUSALS.some(([pattern]) => pattern.test(answer));
}

/** Another user of the machine, beside a cluster with Argo CD: what they can read, and what its ports tell them. */
export function describeOtherUsers(cluster: () => Cluster): void {
  describe("another user of the machine", () => {
    let status: ClusterStatus;
    let ports: readonly Listener[];

    beforeAll(async () => {
      const { stateDirectory } = cluster();
      const described = await builtLocal(`local.clusterStatus(${JSON.stringify({ stateDirectory })})`);
      status = described as ClusterStatus;
      ports = listenersOf(status.components.map(({ pid }) => pid));
    });

    test("every port is of the loopback address, and of those that need one", () => {
      const nameOf = (pid: number) => status.components.find((component) => component.pid === pid)?.name;
      expect(ports.map(({ address }) => address)).toEqual(ports.map(() => LOOPBACK));
      // etcd has one for the API server, and one that other members of it would call.
      expect(ports.map(({ pid }) => nameOf(pid)).sort()).toEqual([
        "argocd-application-controller",
        "etcd",
        "etcd",
        "kube-apiserver",
        "redis",
      ]);
    });

    test("no port tells anything to somebody without credentials", async () => {
      const told = await Promise.all(
        ports.flatMap(({ port, pid }) =>
          QUESTIONS.map(async ({ text, tls }) => {
            const answer = await askPort(port, text, tls);
            const name = status.components.find((component) => component.pid === pid)?.name;
            return isRefusal(answer) ? [] : [`${name} to ${text.split("\r\n")[0]}: ${answer.slice(0, 200)}`];
          }),
        ),
      );
      expect(told.flat()).toEqual([]);
    });

    describe("planted fault", () => {
      let server: Server;

      beforeAll(async () => {
        server = createServer((_, response) => response.end("told"));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      });

      afterAll(() => new Promise((resolve) => server.close(resolve)));

      test("a port that tells something is found, and asked in its own protocol", async () => {
        const found = listenersOf([process.pid]).filter(
          ({ port }) => port === (server.address() as { port: number }).port,
        );
        expect(found).toEqual([{ pid: process.pid, address: LOOPBACK, port: expect.any(Number) }]);
        const answers = await Promise.all(
          QUESTIONS.map(({ text, tls }) => askPort(found[0]?.port ?? 0, text, tls)),
        );
        expect(answers.filter((answer) => !isRefusal(answer)).length).toBeGreaterThan(0);
      });
    });

    test("with its certificate etcd answers, so it is that which is wanted", async () => {
      const credentials = join(cluster().stateDirectory, "cluster", "credentials");
      const etcd = status.components.find(({ name }) => name === "etcd")?.pid ?? 0;
      const client = Number(/--listen-client-urls=https:\/\/127\.0\.0\.1:(\d+)/.exec(argumentsOf(etcd))?.[1]);
      const [cert, key] = ["etcd.pem", "etcd.key"].map((name) => readFileSync(join(credentials, name)));
      const answer = await new Promise((resolve, reject) => {
        const sent = request(
          { host: "127.0.0.1", port: client, path: "/version", ca: cert, cert, key },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        );
        sent.on("error", reject).end();
      });
      expect(answer).toBe(200);
    });

    test("nothing that the cluster keeps can be read by others", () => {
      expect(openFiles(cluster().stateDirectory)).toEqual([]);
    });

    test("no secret is among the arguments of a program, where every user reads it", () => {
      const credentials = join(cluster().stateDirectory, "cluster", "credentials");
      const tokens = JSON.parse(readFileSync(join(credentials, "tokens.json"), "utf8"));
      const environments = status.components.map(({ pid }) => readFileSync(`/proc/${pid}/environ`, "utf8"));
      const given = environments.flatMap((environment) =>
        [...environment.matchAll(/(?:REDIS_PASSWORD|GROUNDPLAN_METRICS_TOKEN)=([0-9a-f]{64})/g)].map(
          ([, value]) => value,
        ),
      );
      const secrets = [...Object.values<string>(tokens), ...given];
      expect(given.length).toBeGreaterThan(2);
      for (const { pid, name } of status.components) {
        const found = secrets.filter((secret) => argumentsOf(pid).includes(String(secret)));
        expect([name, found]).toEqual([name, []]);
      }
    });
  });
}
