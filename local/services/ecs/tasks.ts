import { randomBytes, randomUUID } from "node:crypto";
import { clusterOf } from "./clusters";
import { clientError, EcsError, invalid } from "./error";
import { type Input, now, numberOf, objectOf, objectsOf, optionalText, textOf, textsOf } from "./input";
import type { Task, TaskDefinition } from "./state";
import { includedTags, putTags, tagsOf } from "./tags";
import { activeTaskDefinition } from "./task-definitions";
import { arnOf, type Operation, type World } from "./world";

/** Puts a new task into the document; it is launched by its maker. */
export function addTask(
  world: World,
  clusterArn: string,
  definition: TaskDefinition,
  more: Pick<Task, "startedBy" | "group" | "settings">,
): Task {
  const name = clusterArn.slice(clusterArn.indexOf("/") + 1);
  const id = randomBytes(16).toString("hex");
  const taskArn = arnOf(world.place, `task/${name}/${id}`);
  const task: Task = {
    taskArn,
    clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    ...more,
    lastStatus: "PROVISIONING",
    desiredStatus: "RUNNING",
    containers: definition.containerDefinitions.map((container) => ({
      containerArn: arnOf(world.place, `container/${name}/${id}/${randomUUID()}`),
      taskArn,
      name: String(container.name),
      image: String(container.image),
      lastStatus: "PENDING",
      healthStatus: "UNKNOWN",
    })),
    healthStatus: "UNKNOWN",
    version: 1,
    createdAt: now(),
  };
  world.document.tasks[taskArn] = task;
  return task;
}

/** A task as it is described. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export function describedTask(task: Task, input: Input, world: World): object {
  const { settings, network, containers, ...rest } = task;
  const definition = world.document.taskDefinitions[task.taskDefinitionArn];
  const launch = objectsOf(settings, "capacityProviderStrategy")[0];
  return {
    ...rest,
    containers: containers.map((container) => {
      const own = definition?.containerDefinitions.find(({ name }) => name === container.name);
      return {
        ...container,
        networkBindings: [],
        networkInterfaces: network
          ? [{ attachmentId: network.attachmentId, privateIpv4Address: network.address }]
          : [],
        cpu: String(own?.cpu ?? 0),
        ...(own?.memory === undefined ? {} : { memory: String(own.memory) }),
      };
    }),
    attachments: network
      ? [
          {
            id: network.attachmentId,
            type: "ElasticNetworkInterface",
            status: task.lastStatus === "STOPPED" ? "DELETED" : "ATTACHED",
            details: [
              { name: "subnetId", value: network.subnet },
              { name: "networkInterfaceId", value: network.id },
              { name: "macAddress", value: network.mac },
              { name: "privateIPv4Address", value: network.address },
            ],
          },
        ]
      : [],
    attributes: [{ name: "ecs.cpu-architecture", value: process.arch === "arm64" ? "arm64" : "x86_64" }],
    availabilityZone: `${world.place.region}a`,
    connectivity: "CONNECTED",
    cpu: String(definition?.cpu ?? "0"),
    memory: String(definition?.memory ?? "0"),
    ...(launch ? { capacityProviderName: launch.capacityProvider } : {}),
    launchType: optionalText(settings, "launchType") ?? "FARGATE",
    platformVersion: "1.4.0",
    platformFamily: "Linux",
    enableExecuteCommand: settings.enableExecuteCommand === true,
    overrides: {
      containerOverrides: [],
      inferenceAcceleratorOverrides: [],
      ...objectOf(settings, "overrides"),
    },
    ephemeralStorage: { sizeInGiB: 20 },
    tags: [],
    ...includedTags(world, input, task.taskArn),
  };
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export const taskOperations: Readonly<Record<string, Operation>> = {
  RunTask(input, world) {
    const cluster = clusterOf(input, world);
    const definition = activeTaskDefinition(textOf(input, "taskDefinition"), world);
    requireNetwork(definition, input);
    const count = numberOf(input, "count") ?? 1;
    if (count < 1 || count > 10) throw invalid("count must be from 1 to 10");
    const names = definition.containerDefinitions.map(({ name }) => name);
    for (const { name } of objectsOf(objectOf(input, "overrides") ?? {}, "containerOverrides")) {
      if (!names.includes(name))
        throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
    const tasks = Array.from({ length: count }, () =>
      addTask(world, cluster.clusterArn, definition, {
        startedBy: optionalText(input, "startedBy"),
        group: optionalText(input, "group") ?? `family:${definition.family}`,
        settings: input,
      }),
    );
    for (const { taskArn } of tasks) {
      putTags(world, taskArn, taskTags(input, definition, world));
      world.launch(taskArn);
    }
    return { tasks: tasks.map((task) => describedTask(task, { include: ["TAGS"] }, world)), failures: [] };
  },

  StopTask(input, world) {
    const cluster = clusterOf(input, world);
    const task = findTask(textOf(input, "task"), cluster.clusterArn, world);
    if (!task) throw invalid("The referenced task was not found.");
    world.halt(task.taskArn, optionalText(input, "reason") ?? "Task stopped by user", "UserInitiated");
    return { task: describedTask(task, {}, world) };
  },

  /** A session goes through AWS's own agent, which no container here has. */
  ExecuteCommand(input, world) {
    const cluster = clusterOf(input, world);
    const task = findTask(textOf(input, "task"), cluster.clusterArn, world);
    if (!task) throw invalid("The referenced task was not found.");
    if (task.settings.enableExecuteCommand !== true) {
      throw invalid(
        "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.",
      );
    }
    throw new EcsError(
      "TargetNotConnectedException",
      "the local AWS has no ECS Exec: no agent of AWS runs in its containers",
    );
  },

  DescribeTasks(input, world) {
    const { clusterArn } = clusterOf(input, world);
    const tasks: object[] = [];
    const failures: object[] = [];
    const asked = textsOf(input, "tasks");
    if (asked.length === 0) throw invalid("Tasks cannot be empty.");
    for (const name of asked) {
      const found = findTask(name, clusterArn, world);
      if (found) tasks.push(describedTask(found, input, world));
      else failures.push({ arn: name, reason: "MISSING" });
    }
    return { tasks, failures };
  },

  ListTasks(input, world) {
    const { clusterArn } = clusterOf(input, world);
    const service = optionalText(input, "serviceName");
    const name = service?.slice(service.lastIndexOf("/") + 1);
    const family = optionalText(input, "family");
    const startedBy = optionalText(input, "startedBy");
    const desired = optionalText(input, "desiredStatus") ?? "RUNNING";
    const all = Object.values(world.document.tasks).filter(
      (task) =>
        task.clusterArn === clusterArn &&
        task.desiredStatus === desired &&
        (name === undefined || task.group === `service:${name}`) &&
        (startedBy === undefined || task.startedBy === startedBy) &&
        (family === undefined || task.taskDefinitionArn.includes(`:task-definition/${family}:`)),
    );
    return { taskArns: all.map(({ taskArn }) => taskArn) };
  },
};

function findTask(name: string, clusterArn: string, { document, place }: World): Task | undefined {
  const cluster = clusterArn.slice(clusterArn.indexOf("/") + 1);
  const task = document.tasks[name.startsWith("arn:") ? name : arnOf(place, `task/${cluster}/${name}`)];
  return task?.clusterArn === clusterArn ? task : undefined;
}

/** Tags of a new task: its own, and those that are handed on to it. */
export function taskTags(input: Input, definition: TaskDefinition, world: World, service = "") {
  const from = { TASK_DEFINITION: definition.taskDefinitionArn, SERVICE: service }[
    optionalText(input, "propagateTags") ?? ""
  ];
  const handed = from === undefined ? [] : (world.document.tags[from] ?? []);
  const own = service === "" ? tagsOf(input) : [];
  return [...handed.filter((tag) => !own.some(({ key }) => key === tag.key)), ...own];
}

/** @throws EcsError where a task of its own network has none. */
export function requireNetwork(definition: TaskDefinition, input: Input): void {
  const subnets = textsOf(
    objectOf(objectOf(input, "networkConfiguration") ?? {}, "awsvpcConfiguration") ?? {},
    "subnets",
  );
  if (definition.networkMode === "awsvpc" && subnets.length === 0) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (optionalText(input, "launchType") === "EC2") {
    throw clientError(
      "No container instances were found in your cluster: this emulator runs tasks of Fargate",
    );
  }
}
