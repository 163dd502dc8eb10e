import {
  DescribeRegistryCommand,
  ECRClient,
  GetRegistryScanningConfigurationCommand,
} from "@aws-sdk/client-ecr";
import { unreachable } from "../aws/errors";
import { allowedAccounts, regionOf, type Stack } from "../project/project";
import { type Finding, failed, ok, warn } from "./finding";

/** What ECR keeps once for an account and Region, by the type that sets it. */
const KINDS = {
  aws_ecr_replication_configuration: "replication",
  aws_ecr_registry_scanning_configuration: "scanning",
} as const;

/** A setting of a registry that a stack has. */
interface OwnSetting {
  readonly stack: string;
  readonly account: string | undefined;
  readonly region: string;
  readonly kind: (typeof KINDS)[keyof typeof KINDS];

  /** Beginnings or patterns of the repositories that it is about. */
  readonly filters: readonly string[];
}

/**
 * Where an apply takes away what somebody else has set for a registry: ECR has one replication and one scanning configuration
 * for an account and Region, and keeps the last one.
 */
export async function checkRegistries(
  stacks: readonly Stack[],
  account: string | undefined,
): Promise<readonly Finding[]> {
  const check = "Registry";
  const settings = ownSettings(stacks);
  if (settings.length === 0) return [];
  if (account === undefined) return [warn(check, "not checked: no credentials", "sign in first")];
  const names = stacks.flatMap(repositoryNames);
  return Promise.all(
    settings.map(async (own) => {
      const { stack, region, kind } = own;
      if (own.account !== undefined && own.account !== account)
        return warn(
          check,
          `${kind} of ${stack} is of account ${own.account}, and the credentials are of ${account}: not checked`,
          "check it with credentials of that account, e.g. AWS_PROFILE=… npx groundplan doctor",
        );
      try {
        const others = othersFilters(await filtersInAws(own), own.filters, names);
        const place = `${kind} of account ${account} in ${region}`;
        if (others.length === 0) return ok(check, `${place} is ${stack}'s alone`);
        const listed = others.map((one) => JSON.stringify(one)).join(", ");
        return warn(
          check,
          `${place} has ${listed}, which ${stack} lacks: its next apply takes that away`,
          `write it into ${stack} too, or leave ${kind} to whoever has it`,
        );
      } catch (error) {
        return failed(check, unreachable(error));
      }
    }),
  );
}

/** Filters of AWS that no stack has, and that are about repositories of others. */
export function othersFilters(
  found: readonly string[],
  own: readonly string[],
  names: readonly string[],
): readonly string[] {
  // A change that is not applied yet is nobody else's: such a filter begins names of the app.
  const isOurs = (filter: string) => {
    const [beginning = ""] = filter.split("*");
    return beginning !== "" && names.some((name) => name.startsWith(beginning));
  };
  return found.filter((filter) => !own.includes(filter) && !isOurs(filter));
}

async function filtersInAws({ region, kind }: OwnSetting): Promise<readonly string[]> {
  const ecr = new ECRClient({ region, maxAttempts: 2 });
  if (kind === "scanning") {
    const { scanningConfiguration } = await ecr.send(new GetRegistryScanningConfigurationCommand({}));
    return (scanningConfiguration?.rules ?? []).flatMap(({ repositoryFilters = [] }) =>
      repositoryFilters.flatMap(({ filter = [] }) => filter),
    );
  }
  const { replicationConfiguration } = await ecr.send(new DescribeRegistryCommand({}));
  return (replicationConfiguration?.rules ?? []).flatMap(({ repositoryFilters = [] }) =>
    // A rule without a filter is about every repository.
    repositoryFilters.length === 0 ? ["*"] : repositoryFilters.flatMap(({ filter = [] }) => filter),
  );
}

function ownSettings(stacks: readonly Stack[]): readonly OwnSetting[] {
  return stacks.flatMap((stack) =>
    Object.entries(KINDS).flatMap(([type, kind]) =>
      Object.values((stack.json.resource?.[type] ?? {}) as Record<string, unknown>).map((resource) => ({
        stack: stack.name,
        account: allowedAccounts(stack)[0],
        region: regionOf(stack) ?? process.env.AWS_REGION ?? "us-east-1",
        kind,
        filters: filtersOf(resource),
      })),
    ),
  );
}

/** Each `filter` of a resource that is a text. */
function filtersOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(filtersOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === "filter" && typeof one === "string" ? [one] : filtersOf(one),
  );
}

function repositoryNames({ json }: Stack): readonly string[] {
  return Object.values(
    (json.resource?.aws_ecr_repository ?? {}) as Record<string, { name?: unknown }>,
  ).flatMap(({ name }) => (typeof name === "string" ? [name] : []));
}
