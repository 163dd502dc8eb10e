import { clientError, invalid } from "./error";
import { given, type Input, now, numberOf, objectsOf, optionalText, textOf, textsOf } from "./input";
import type { TaskDefinition } from "./state";
import { includedTags, putTags, tagsOf } from "./tags";
import { arnOf, type Operation, type World } from "./world";

/** Memory in MiB that Fargate has with an amount of CPU. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
const FARGATE: Readonly<
  Record<number, { readonly least: number; readonly most: number; readonly step: number }>
> = {
  256: { least: 512, most: 2048, step: 512 },
  512: { least: 1024, most: 4096, step: 1024 },
  1024: { least: 2048, most: 8192, step: 1024 },
  2048: { least: 4096, most: 16_384, step: 1024 },
  4096: { least: 8192, most: 30_720, step: 1024 },
  8192: { least: 16_384, most: 61_440, step: 4096 },
  16384: { least: 32_768, most: 122_880, step: 8192 },
};

const KEPT = [
  "taskRoleArn",
  "executionRoleArn",
  "networkMode",
  "cpu",
  "memory",
  "pidMode",
  "ipcMode",
  "proxyConfiguration",
  "inferenceAccelerators",
  "ephemeralStorage",
  "runtimePlatform",
  "enableFaultInjection",
];

/** The revision that a request names: `family:revision`, the newest active one of a family, or an ARN. */
export function findTaskDefinition(name: string, { document, place }: World): TaskDefinition | undefined {
  const short = name.startsWith("arn:") ? name.slice(name.indexOf("/") + 1) : name;
  const [family = "", revision] = short.split(":");
  if (revision !== undefined)
    return document.taskDefinitions[arnOf(place, `task-definition/${family}:${revision}`)];
  return Object.values(document.taskDefinitions)
    .filter((one) => one.family === family && one.status === "ACTIVE")
    .sort((one, other) => other.revision - one.revision)[0];
}

/** As {@link findTaskDefinition}. @throws EcsError where there is none, or it is not active. */
export function activeTaskDefinition(name: string, world: World): TaskDefinition {
  const found = findTaskDefinition(name, world);
  if (!found) throw clientError("Unable to describe task definition.");
  if (found.status !== "ACTIVE") throw clientError("TaskDefinition is inactive");
  return found;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
export const taskDefinitionOperations: Readonly<Record<string, Operation>> = {
  RegisterTaskDefinition(input, world) {
    const { document, place } = world;
    const family = textOf(input, "family");
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) throw clientError("Invalid family name");
    const containerDefinitions = objectsOf(input, "containerDefinitions").map(withDefaults);
    check(input, containerDefinitions);
    const revision = (document.revisions[family] ?? 0) + 1;
    document.revisions[family] = revision;
    const taskDefinitionArn = arnOf(place, `task-definition/${family}:${revision}`);
    const required = textsOf(input, "requiresCompatibilities");
    const taskDefinition: TaskDefinition = {
      taskDefinitionArn,
      family,
      revision,
      status: "ACTIVE",
      containerDefinitions,
      ...given(input, KEPT),
      volumes: objectsOf(input, "volumes"),
      placementConstraints: objectsOf(input, "placementConstraints"),
      requiresAttributes: [],
      ...(required.length > 0 ? { requiresCompatibilities: required } : {}),
      compatibilities: [...new Set(["EC2", ...required])],
      registeredAt: now(),
      registeredBy: `arn:aws:iam::${place.account}:root`,
    };
    document.taskDefinitions[taskDefinitionArn] = taskDefinition;
    const tags = tagsOf(input);
    putTags(world, taskDefinitionArn, tags);
    return { taskDefinition, ...(tags.length > 0 ? { tags } : {}) };
  },

  DescribeTaskDefinition(input, world) {
    const taskDefinition = findTaskDefinition(textOf(input, "taskDefinition"), world);
    if (!taskDefinition) throw clientError("Unable to describe task definition.");
    return { taskDefinition, ...includedTags(world, input, taskDefinition.taskDefinitionArn) };
  },

  DeregisterTaskDefinition(input, world) {
    const taskDefinition = findTaskDefinition(textOf(input, "taskDefinition"), world);
    if (!taskDefinition) throw clientError("Unable to describe task definition.");
    taskDefinition.status = "INACTIVE";
    return { taskDefinition };
  },

  DeleteTaskDefinitions(input, world) {
    const taskDefinitions: object[] = [];
    const failures: object[] = [];
    for (const name of textsOf(input, "taskDefinitions")) {
      const found = findTaskDefinition(name, world);
      if (found?.status === "INACTIVE") {
        delete world.document.taskDefinitions[found.taskDefinitionArn];
        delete world.document.tags[found.taskDefinitionArn];
        taskDefinitions.push({ ...found, status: "DELETE_IN_PROGRESS" });
      } else {
        const reason = found
          ? "The specified task definition is still in ACTIVE status."
          : "The specified task definition does not exist.";
        failures.push({ arn: name, reason });
      }
    }
    return { taskDefinitions, failures };
  },

  ListTaskDefinitions(input, { document }) {
    const prefix = optionalText(input, "familyPrefix");
    const status = optionalText(input, "status") ?? "ACTIVE";
    const found = Object.values(document.taskDefinitions)
      .filter((one) => one.status === status && (prefix === undefined || one.family === prefix))
      .sort((one, other) => one.family.localeCompare(other.family) || one.revision - other.revision);
    if (optionalText(input, "sort") === "DESC") found.reverse();
    return { taskDefinitionArns: found.map(({ taskDefinitionArn }) => taskDefinitionArn) };
  },

  ListTaskDefinitionFamilies(input, { document }) {
    const prefix = optionalText(input, "familyPrefix") ?? "";
    const all = Object.values(document.taskDefinitions).filter(({ status }) => status === "ACTIVE");
    return {
      families: [...new Set(all.map(({ family }) => family))]
        .filter((name) => name.startsWith(prefix))
        .sort(),
    };
  },
};

/** What AWS answers where a container definition says nothing. */
function withDefaults(definition: Input): Input {
  const ports = objectsOf(definition, "portMappings").map((port) => ({
    hostPort: port.containerPort,
    protocol: "tcp",
    ...port,
  }));
  return {
    cpu: 0,
    essential: true,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...definition,
    portMappings: ports,
  };
}

/** @throws EcsError for what AWS refuses. */
function check(input: Input, containers: readonly Input[]): void {
  if (containers.length === 0) throw clientError("Container list cannot be empty.");
  for (const container of containers) {
    textOf(container, "name");
    if (optionalText(container, "image") === undefined)
      throw clientError("Container.image should not be null or empty.");
  }
  if (!containers.some(({ essential }) => essential === true)) {
    throw clientError("Invalid 'containerDefinitions' setting: at least one container must be essential.");
  }
  const names = containers.map(({ name }) => name);
  if (new Set(names).size < names.length) throw clientError("Container names must be unique.");
  if (!textsOf(input, "requiresCompatibilities").includes("FARGATE")) return;
  if (optionalText(input, "networkMode") !== "awsvpc") {
    throw clientError("Fargate only supports network mode ‘awsvpc’.");
  }
  const cpu = Number(optionalText(input, "cpu") ?? numberOf(input, "cpu") ?? Number.NaN);
  const memory = Number(optionalText(input, "memory") ?? numberOf(input, "memory") ?? Number.NaN);
  const range = FARGATE[cpu];
  const isKnown =
    range &&
    (memory === range.least || (memory % range.step === 0 && memory >= range.least && memory <= range.most));
  if (!isKnown) throw clientError("No Fargate configuration exists for given values.");
  const inside = containers.reduce(
    (sum, one) => sum + (numberOf(one, "memory") ?? numberOf(one, "memoryReservation") ?? 0),
    0,
  );
  if (inside > memory) {
    throw clientError(
      "Invalid setting for container. The sum of the memory of the containers exceeds that of the task.",
    );
  }
  const isExecuted = optionalText(input, "executionRoleArn") !== undefined;
  const hasSecrets = containers.some((one) => objectsOf(one, "secrets").length > 0);
  if (hasSecrets && !isExecuted)
    throw clientError(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  const hasLogs = containers.some(
    (one) => (one.logConfiguration as Input | undefined)?.logDriver === "awslogs",
  );
  if (hasLogs && !isExecuted) {
    throw clientError(
      "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    );
  }
  if (containers.some(({ privileged }) => privileged === true))
    throw invalid("Fargate does not support privileged containers.");
}
