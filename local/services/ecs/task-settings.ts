import { HOST_ADDRESS } from "../../hosts/addresses";
import type { ContainerProps } from "../../hosts/container";
import type { PulledImage } from "../../hosts/images";
import { networkPath } from "../../hosts/network";
import { type Input, isObject, numberOf, objectOf, objectsOf, optionalText, textsOf } from "./input";
import type { TaskDefinition } from "./state";

const MEBIBYTE = 2 ** 20;

/** What a task has while it runs. */
export interface TaskPlace {
  /** Id of the task: 32 hexadecimal digits. */
  readonly id: string;
  readonly address: string;

  /** Name of its network namespace. */
  readonly network: string;

  /** Path of its cgroup, and inside the host the folder of its volumes. */
  readonly cgroup: string;
  readonly volumeFolder: string;

  /** What the agent sets in every container. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What `RunTask` changes of a container for this task alone. */
export function overrideOf(settings: Input, container: string): Input {
  const overrides = objectsOf(objectOf(settings, "overrides") ?? {}, "containerOverrides");
  return overrides.find(({ name }) => name === container) ?? {};
}

/** CPU units and bytes that all containers of a task have together. */
export function taskLimits(definition: TaskDefinition): { readonly cpu?: number; readonly memory?: number } {
  const [cpu, memory] = [Number(definition.cpu), Number(definition.memory)];
  return {
    ...(cpu > 0 ? { cpu } : {}),
    ...(memory > 0 ? { memory: memory * MEBIBYTE } : {}),
  };
}

/**
 * The settings of a container, from its task definition and what the task changes of it.
 *
 * @param secrets - variables whose values are secrets.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export function containerSettings(
  definition: TaskDefinition,
  container: Input,
  override: Input,
  image: PulledImage,
  place: TaskPlace,
  secrets: Readonly<Record<string, string>>,
): ContainerProps {
  const linux = objectOf(container, "linuxParameters") ?? {};
  const capabilities = objectOf(linux, "capabilities") ?? {};
  const memory = numberOf(override, "memory") ?? numberOf(container, "memory");
  const cpu = numberOf(override, "cpu") ?? numberOf(container, "cpu");
  const command =
    textsOf(override, "command").length > 0 ? textsOf(override, "command") : textsOf(container, "command");
  const entryPoint = textsOf(container, "entryPoint");
  const user = optionalText(container, "user");
  const workingDirectory = optionalText(container, "workingDirectory");
  const name = String(container.name);
  return {
    id: `${place.id}-${name}`,
    image,
    address: place.address,
    hostname: `ip-${place.address.replaceAll(".", "-")}`,
    ...(entryPoint.length > 0 ? { entryPoint } : {}),
    ...(command.length > 0 ? { command } : {}),
    ...(user === undefined ? {} : { user }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    environment: { ...place.environment, ...variables(container), ...given(override, place), ...secrets },
    readonlyRoot: container.readonlyRootFilesystem === true,
    privileged: container.privileged === true,
    ...(memory === undefined ? {} : { memory: memory * MEBIBYTE }),
    ...(cpu ? { cpuShares: Math.max(2, cpu) } : {}),
    capabilities: { add: textsOf(capabilities, "add"), drop: textsOf(capabilities, "drop") },
    limits: objectsOf(container, "ulimits").map((limit) => ({
      name: String(limit.name),
      softLimit: Number(limit.softLimit),
      hardLimit: Number(limit.hardLimit),
    })),
    volumes: volumesOf(definition, container),
    volumeFolder: place.volumeFolder,
    network: networkPath(place.network),
    cgroup: `/${place.cgroup}/${name}`,
  };
}

function variables(container: Input): Record<string, string> {
  return Object.fromEntries(
    objectsOf(container, "environment").map(({ name, value }) => [String(name), String(value ?? "")]),
  );
}

/**
 * What a run gives. An address of AWS that was signed on this machine, e.g. of an object, leads to the same one from a task:
 * by the gateway's address there, for S3 takes the first part of a name for a bucket.
 */
function given(override: Input, { environment }: TaskPlace): Record<string, string> {
  const port = /:\d+$/.exec(environment.AWS_ENDPOINT_URL ?? "")?.[0];
  const entries = Object.entries(variables(override));
  if (port === undefined) return Object.fromEntries(entries);
  const own = ["127.0.0.1", "localhost"].map((host) => `http://${host}${port}/`);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const found = own.find((one) => value.startsWith(one));
      return [
        name,
        found === undefined ? value : `http://${HOST_ADDRESS}${port}/${value.slice(found.length)}`,
      ];
    }),
  );
}

function volumesOf(definition: TaskDefinition, container: Input): ContainerProps["volumes"] {
  const known = Array.isArray(definition.volumes)
    ? definition.volumes.filter(isObject).map(({ name }) => name)
    : [];
  return objectsOf(container, "mountPoints")
    .filter(({ sourceVolume }) => known.includes(sourceVolume))
    .map(({ sourceVolume, containerPath, readOnly }) => ({
      name: String(sourceVolume),
      target: String(containerPath),
      readonly: readOnly === true,
    }));
}
