import type { ConfigFile } from "./schema";

/** A configuration in which nothing is left open. */
export interface ResolvedConfig {
  readonly template: string;
  readonly image: string;
  readonly container_port: number;
  readonly ttl: string;
  readonly cpu: number;
  readonly memory: number;
  readonly log_retention_days: number;
  readonly desired_count: number;
  readonly spot: boolean;
  readonly health_check_path: string;
  readonly network: "shared" | "own";
  readonly database: "none" | "shared" | "own";
  readonly dockerfile: string;
  readonly build_context: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly exec: boolean;
  readonly architecture: "X86_64" | "ARM64";
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly migrate?: readonly string[];
  readonly seed?: string;
  readonly copy?: string;
  readonly command?: readonly string[];
  readonly schedule?: { readonly expression: string; readonly timezone: string };
  readonly sleep?: NonNullable<ConfigFile["sleep"]>;
}

/** The least memory in MiB with so many CPU units. */
const LEAST_MEMORY: Readonly<Record<number, number>> = {
  256: 512,
  512: 1024,
  1024: 2048,
  2048: 4096,
  4096: 8192,
  8192: 16_384,
  16384: 32_768,
};

/**
 * A configuration with its defaults, those of the platform for what a repository does not say.
 *
 * @param template - in place of the file's.
 */
export function resolveConfig(file: ConfigFile, template = file.template ?? "api-service"): ResolvedConfig {
  const { cpu = 256, schedule, migrate, seed, copy, command, sleep, parameters } = file;
  const environment = Object.entries(file.environment ?? {}).map(([name, value]) => [name, String(value)]);
  return {
    template,
    image: file.image ?? "nginx:alpine",
    container_port: file.container_port ?? 80,
    ttl: file.ttl ?? "7d",
    cpu,
    memory: file.memory ?? LEAST_MEMORY[cpu] ?? 512,
    log_retention_days: file.log_retention_days ?? 3,
    desired_count: file.desired_count ?? 1,
    spot: file.spot ?? false,
    health_check_path: file.health_check_path ?? "/",
    network: file.network ?? "shared",
    database: file.database ?? (template === "api-database" ? "shared" : "none"),
    dockerfile: file.dockerfile ?? "Dockerfile",
    build_context: file.build_context ?? ".",
    environment: Object.fromEntries(environment),
    secrets: file.secrets ?? {},
    exec: file.exec ?? false,
    architecture: file.architecture ?? "X86_64",
    ...(parameters ? { parameters } : {}),
    ...(migrate ? { migrate } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(copy === undefined ? {} : { copy }),
    ...(command ? { command } : {}),
    ...(schedule || template === "scheduled-worker"
      ? {
          schedule: {
            expression: schedule?.expression ?? "rate(1 hour)",
            timezone: schedule?.timezone ?? "UTC",
          },
        }
      : {}),
    ...(sleep ? { sleep } : {}),
  };
}
