import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ExecuteCommandCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Service,
  StopTaskCommand,
  type Task,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { putToSleep } from "../../../../cli/preview/sleep";
import { removeCgroup } from "../../../../local/cluster/real-node/cgroup";
import { hostCgroup } from "../../../../local/hosts/host";
import { hostObstacle } from "../../../../local/hosts/obstacles";
import { findPostgres } from "../../../../local/hosts/postgres-programs";
import { type Emulator, startEmulator } from "../../../emulator";
import { temporaryFolder } from "../../../temporary-folder";
import { Configuration } from "../../configuration";
import { pushNode } from "./node-image";
import { PREVIEW } from "./preview";
import { withWake } from "./sleeping";

/** What the gateway says of itself. */
interface Status {
  readonly pid: number;
  readonly databases: Readonly<Record<string, string>>;
  readonly tasks: object;
}

/** In CI it has to run wherever the set-up could install what it needs: as root on Linux. */
const isInCi = process.env.CI === "true" && process.platform === "linux" && process.getuid?.() === 0;
const onHost = hostObstacle() === undefined || isInCi ? describe : describe.skip;

onHost("a preview on this machine", () => {
  let emulator: Emulator;
  let folder: string;
  let preview: Configuration;
  let ecs: ECSClient;
  let rds: RDSClient;
  let logs: CloudWatchLogsClient;
  let port: number;

  beforeAll(async () => {
    emulator = await startEmulator();
    folder = temporaryFolder("preview");
    const endpoint = emulator.environment.AWS_ENDPOINT_URL ?? "";
    port = Number(new URL(endpoint).port);
    const client = {
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "groundplan-local", secretAccessKey: "any" },
    };
    ecs = new ECSClient(client);
    rds = new RDSClient(client);
    logs = new CloudWatchLogsClient(client);
    preview = new Configuration(emulator.environment, emulator.provider);
    await Promise.all([pushNode(endpoint, folder), preview.use(PREVIEW)]);
    await preview.apply();
  });

  afterAll(async () => {
    preview?.remove();
    await emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Asks over TLS as curl does with `--cacert`. */
  async function ask(
    host: string,
    path = "/",
    { method = "GET", headers: more = {} }: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; text: string }> {
    const ca = readFileSync(join(emulator.stateDirectory, "authority.pem"));
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { host: `${host}:${port}`, ...more };
      const asked = request(
        { host: "127.0.0.1", port, method, path, servername: host, ca, headers, agent: false },
        resolve,
      );
      asked.once("error", reject).end();
    });
    let text = "";
    for await (const chunk of answer) text += chunk;
    return { status: answer.statusCode ?? 0, text };
  }

  async function status(): Promise<Status> {
    const answer = await fetch(`${emulator.environment.AWS_ENDPOINT_URL}/_groundplan/status`);
    return (await answer.json()) as Status;
  }

  async function service(): Promise<Service> {
    const { services = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster: "preview", services: ["app"] }),
    );
    return services[0] ?? {};
  }

  async function network() {
    return (await service()).networkConfiguration;
  }

  /** Registers a revision of the service's task definition with another command. */
  async function register(more: object, family = "app"): Promise<string> {
    const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "app:1" }));
    const {
      containerDefinitions = [],
      cpu,
      memory,
      networkMode,
      executionRoleArn,
      taskRoleArn,
    } = taskDefinition ?? {};
    const made = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        ...{ cpu, memory, networkMode, executionRoleArn, taskRoleArn },
        requiresCompatibilities: ["FARGATE"],
        containerDefinitions: [{ ...containerDefinitions[0], ...more }],
      }),
    );
    return made.taskDefinition?.taskDefinitionArn ?? "";
  }

  async function run(taskDefinition: string, code?: string): Promise<string> {
    const { tasks = [] } = await ecs.send(
      new RunTaskCommand({
        cluster: "preview",
        taskDefinition,
        networkConfiguration: await network(),
        ...(code === undefined
          ? {}
          : { overrides: { containerOverrides: [{ name: "app", command: ["-e", code] }] } }),
      }),
    );
    return tasks[0]?.taskArn ?? "";
  }

  /** Waits for a state that lasts. */
  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < 600; tries += 1) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(100);
    }
    throw new Error(`not seen: ${what}`);
  }

  function task(arn: string, status: string): Promise<Task> {
    return until(`${arn} is ${status}`, async () => {
      const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: "preview", tasks: [arn] }));
      return tasks[0]?.lastStatus === status ? tasks[0] : undefined;
    });
  }

  async function linesOf(arn: string): Promise<readonly string[]> {
    const logStreamName = `app/app/${arn.slice(arn.lastIndexOf("/") + 1)}`;
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({ logGroupName: "/preview/app", logStreamName }),
    );
    return events.map(({ message = "" }) => message);
  }

  test("a second plan has nothing to do", async () => {
    const { code, output } = await preview.plan();
    expect([code, output]).toEqual([0, expect.anything()]);
  });

  test("a container answers over TLS, with what its task definition gives it", async () => {
    const { status, text } = await ask("app.preview.localhost", "/where?a=b");
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      greeting: "hello",
      token: "of the secret",
      level: "of the parameter",
      fromImage: "yes",
      aws: `http://aws.localhost:${port}`,
      user: 1000,
      writable: false,
      url: "/where?a=b",
      forwarded: "https",
      host: `app.preview.localhost:${port}`,
    });
  });

  test("asleep, its address answers with the page that wakes it, and nothing else starts it", async () => {
    const host = "app.preview.localhost";
    const before = { ...process.env };
    Object.assign(process.env, emulator.environment);
    try {
      const store = await withWake();
      const autoscaling = new ApplicationAutoScalingClient({ region: "us-east-1" });
      const isSuspended = async () => {
        const { ScalableTargets: [target] = [] } = await autoscaling.send(
          new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" }),
        );
        return target?.SuspendedState?.DynamicScalingOutSuspended;
      };
      const props = { store, name: "app", env: process.env, region: "us-east-1", progress: () => undefined };
      expect((await putToSleep(props)).status).toBe("asleep");
      expect([(await service()).runningCount, await isSuspended()]).toEqual([0, true]);
      // What reads sees the page, of the function that runs, and wakes nothing.
      const page = await ask(host, "/where", { headers: { accept: "text/html" } });
      expect([page.status, page.text]).toEqual([503, expect.stringContaining("<h1>app is asleep</h1>")]);
      const foreign = { "x-groundplan-wake": "1", origin: `https://other.preview.localhost:${port}` };
      expect((await ask(host, "/.groundplan/wake", { method: "POST", headers: foreign })).status).toBe(403);
      expect((await service()).desiredCount).toBe(0);
      const own = { "x-groundplan-wake": "1", origin: `https://${host}:${port}` };
      await until("it is awake", async () => {
        const { status, text } = await ask(host, "/.groundplan/wake", { method: "POST", headers: own });
        if (status >= 400) throw new Error(text);
        return status === 200 ? true : undefined;
      });
      expect((await ask(host)).status).toBe(200);
      expect([(await store.get("app")).status, await isSuspended()]).toEqual(["active", false]);
    } finally {
      process.env = before;
    }
  });

  test("other names get the fixed response, plain HTTP the redirect, and no other authority is trusted", async () => {
    expect(await ask("other.preview.localhost")).toEqual({ status: 404, text: "no such preview" });
    const location = await new Promise((resolve) => {
      const headers = { host: `app.preview.localhost:${port}` };
      plainRequest({ host: "127.0.0.1", port, path: "/a?b", headers }, ({ headers }) =>
        resolve(headers.location),
      ).end();
    });
    expect(location).toBe(`https://app.preview.localhost:${port}/a?b`);
    const untrusted = new Promise((_, reject) => {
      request({ host: "127.0.0.1", port, servername: "app.preview.localhost", ca: [] })
        .once("error", reject)
        .end();
    });
    await expect(untrusted).rejects.toThrow(/certificate/);
  });

  test("its lines are in CloudWatch Logs", async () => {
    const { taskArns = [] } = await ecs.send(
      new ListTasksCommand({ cluster: "preview", serviceName: "app" }),
    );
    expect(await linesOf(taskArns[0] ?? "")).toEqual(["listening as 1000"]);
  });

  test("a task on its own ends with its exit code, reaches AWS by its role, and knows who it is", async () => {
    const code = `
      const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, ECS_CONTAINER_METADATA_URI_V4: own } = process.env;
      Promise.all([fetch("http://169.254.170.2" + path), fetch(own + "/task"), fetch(process.env.AWS_ENDPOINT_URL + "/_groundplan/status")])
        .then((all) => Promise.all(all.map((one) => one.json())))
        .then(([{ RoleArn }, { Family, Limits }, { account }]) => { console.log(JSON.stringify([RoleArn, Family, Limits.Memory, account])); process.exit(3); });`;
    const arn = await run("app:1", code);
    const { containers = [], stopCode, stoppedReason } = await task(arn, "STOPPED");
    expect([containers[0]?.exitCode, stopCode, stoppedReason]).toEqual([
      3,
      "EssentialContainerExited",
      "Essential container in task exited",
    ]);
    expect(await linesOf(arn)).toEqual(['["arn:aws:iam::123456789012:role/task","app",512,"123456789012"]']);
  });

  test("nobody gets into a task: with ECS Exec as without it, the error says why", async () => {
    const enter = async (enableExecuteCommand: boolean) => {
      const { tasks = [] } = await ecs.send(
        new RunTaskCommand({
          cluster: "preview",
          taskDefinition: "app:1",
          networkConfiguration: await network(),
          enableExecuteCommand,
        }),
      );
      const { taskArn: arn } = tasks[0] ?? {};
      const session = ecs.send(
        new ExecuteCommandCommand({ cluster: "preview", task: arn, command: "/bin/sh", interactive: true }),
      );
      return session.finally(() => ecs.send(new StopTaskCommand({ cluster: "preview", task: arn })));
    };
    await expect(enter(true)).rejects.toMatchObject({
      name: "TargetNotConnectedException",
      message: expect.stringContaining("the local AWS has no ECS Exec"),
    });
    await expect(enter(false)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test("a task ends by its own hand when it is stopped, and by the kernel's when it takes too much memory", async () => {
    const waits = await run(
      "app:1",
      'process.on("SIGTERM", () => process.exit(7)); console.log("up"); setInterval(() => {}, 1000)',
    );
    await until("its line", async () => (await linesOf(waits).catch(() => [])).at(0));
    await ecs.send(new StopTaskCommand({ cluster: "preview", task: waits, reason: "enough" }));
    const stopped = await task(waits, "STOPPED");
    expect([stopped.containers?.[0]?.exitCode, stopped.stopCode, stopped.stoppedReason]).toEqual([
      7,
      "UserInitiated",
      "enough",
    ]);

    const greedy = await run("app:1", "const all = []; for (;;) all.push(Buffer.alloc(8 * 2 ** 20, 1))");
    const { containers = [] } = await task(greedy, "STOPPED");
    expect(containers[0]).toMatchObject({
      exitCode: 137,
      reason: expect.stringContaining("OutOfMemoryError"),
    });
  });

  test("what cannot start says why, and never what a secret holds", async () => {
    const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "app:1" }));
    const [secret] = taskDefinition?.containerDefinitions?.[0]?.secrets ?? [];
    const valueFrom = secret?.valueFrom?.replace(":token::", ":missing::") ?? "";
    const without = await task(
      await run(await register({ secrets: [{ name: "A", valueFrom }] }, "no-key")),
      "STOPPED",
    );
    expect(without).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringContaining("did not contain json key missing"),
    });
    expect(JSON.stringify(without)).not.toContain("of the secret");
    const image = "public.ecr.aws/docker/library/nothing:1";
    const imageless = await task(await run(await register({ image }, "no-image")), "STOPPED");
    expect(imageless.stoppedReason).toMatch(
      /^CannotPullContainerError: .*public.ecr.aws\/docker\/library\/nothing/,
    );
  });

  test("a revision that fails is rolled back, and the one before answers all the while", async () => {
    const taskDefinition = await register({ command: ["-e", "process.exit(1)"] });
    await ecs.send(new UpdateServiceCommand({ cluster: "preview", service: "app", taskDefinition }));
    let failed: string | undefined;
    const settled = await until("the rollback", async () => {
      expect((await ask("app.preview.localhost")).status).toBe(200);
      const { deployments = [], ...found } = await service();
      failed ??= deployments.find(({ rolloutState }) => rolloutState === "FAILED")?.taskDefinition;
      return failed !== undefined && deployments.length === 1 && deployments[0]?.rolloutState === "COMPLETED"
        ? found
        : undefined;
    });
    expect(failed).toBe(taskDefinition);
    expect(settled.taskDefinition).toMatch(/:task-definition\/app:1$/);
    expect(settled.events?.map(({ message = "" }) => message).join("\n")).toContain(
      "deployment failed: tasks failed to start.",
    );
  });

  const onPostgres = typeof findPostgres(17) === "string" && !isInCi ? test.skip : test;

  onPostgres(
    "an instance of RDS is a PostgreSQL server, whose data outlives a stop and comes back from a snapshot",
    async () => {
      const identifier = "preview";
      const instance = async (name: string, status: string) =>
        until(`${name} is ${status}`, async () => {
          const { DBInstances = [] } = await rds.send(
            new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }),
          );
          return DBInstances[0]?.DBInstanceStatus === status ? DBInstances[0] : undefined;
        });
      const groups = { DBSubnetGroupName: "preview", DBParameterGroupName: "preview" };
      const made = {
        DBInstanceIdentifier: identifier,
        Engine: "postgres",
        EngineVersion: "17",
        DBInstanceClass: "db.t4g.micro",
        AllocatedStorage: 20,
      };
      await rds.send(
        new CreateDBInstanceCommand({
          ...made,
          ...groups,
          DBName: "app",
          MasterUsername: "owner",
          MasterUserPassword: "of-the-test",
        }),
      );
      const { Endpoint: endpoint } = await instance(identifier, "available");
      const query = async (
        statement: string,
        name = endpoint?.Address ?? "",
        database = identifier,
        password = "of-the-test",
      ) => {
        const { databases } = await status();
        const [, local] = String(databases[database]).split(":");
        const root = join(emulator.stateDirectory, "authority.pem");
        const target = `host=${name} hostaddr=127.0.0.1 port=${local} user=owner dbname=app sslmode=verify-full sslrootcert=${root}`;
        return execFileSync("psql", [target, "-tAc", statement], {
          encoding: "utf8",
          env: { ...process.env, PGPASSWORD: password },
          stdio: "pipe",
        }).trim();
      };
      await query("CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)");
      await expect(query("SELECT 1", endpoint?.Address, identifier, "another")).rejects.toThrow(
        /password authentication failed/,
      );
      expect(await query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).toBe("f");

      await rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: identifier }));
      await instance(identifier, "stopped");
      await rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: identifier }));
      await instance(identifier, "available");
      expect(await query("SELECT n FROM kept")).toBe("42");

      await rds.send(
        new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: "before" }),
      );
      await query("DELETE FROM kept");
      await rds.send(
        new RestoreDBInstanceFromDBSnapshotCommand({
          DBInstanceIdentifier: "restored",
          DBSnapshotIdentifier: "before",
          ...groups,
        }),
      );
      const restored = await instance("restored", "available");
      expect(await query("SELECT n FROM kept", restored.Endpoint?.Address, "restored")).toBe("42");

      // A task reaches it by its name.
      const code = `require("node:net").connect(5432, "${endpoint?.Address}").once("connect", () => process.exit(0)).once("error", () => process.exit(1))`;
      const { containers = [] } = await task(await run("app:1", code), "STOPPED");
      expect(containers[0]?.exitCode).toBe(0);
      for (const name of [identifier, "restored"]) {
        await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
        await until(`${name} is gone`, async () => {
          const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
          return DBInstances.some(({ DBInstanceIdentifier: found }) => found === name) ? undefined : true;
        });
      }
      expect(
        readdirSync(join(emulator.stateDirectory, "hosts", "databases")).filter((name) =>
          name.startsWith("db-"),
        ),
      ).toEqual([]);
    },
  );

  test("nothing runs any more after it was destroyed", async () => {
    await preview.destroy();
    const { tasks } = await status();
    expect(tasks).toEqual({ running: 0 });
  });

  test("a daemon that is killed leaves no process, and down removes its cgroup", async () => {
    const { pid } = await status();
    const cgroup = hostCgroup(emulator.stateDirectory);
    const isOurs = (one: string) =>
      readFileSync(`/proc/${one}/cmdline`, "utf8").includes(join(emulator.stateDirectory, "hosts"));
    const ours = () =>
      readdirSync("/proc").filter((name) => /^\d+$/.test(name) && attempt(() => isOurs(name)));
    expect(ours()).not.toEqual([]);
    process.kill(pid, "SIGKILL");
    await until("their end", async () => (ours().length === 0 ? true : undefined));
    await emulator.stop();
    expect(existsSync(join("/sys/fs/cgroup/memory", cgroup))).toBe(false);
    expect(await removeCgroup(cgroup)).toBe(false);
  });
});

/** Processes come and go while they are looked at. */
function attempt(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
