import { SynthError } from "@groundplan/modules/core";
import { allowPostgres, FargateTask } from "@groundplan/modules/service";
import type { OneOffTask, PreviewDatabase } from "./database";
import { COPY_SOURCE, LOAD_SEED } from "./database-data";
import { SETUP_IMAGE } from "./database-setup";
import type { Preview } from "./preview";

/**
 * The task that fills a new database, once, with the dump of the repository or a copy of a source: it runs PostgreSQL's own
 * image with the preview's own password, and roles of its own. The address of the dump is given to it when it is run.
 *
 * @returns undefined where nothing is loaded.
 * @throws SynthError for production as it is, and for a copy in a network that does not reach its source.
 */
export function loadTask(preview: Preview, database: PreviewDatabase): OneOffTask | undefined {
  const { input, prefix, logGroupName } = preview;
  const { data, platform, config } = input;
  if (data === undefined) return undefined;
  const copy = "copy" in data ? data.copy : undefined;
  if (copy) refuse(preview, copy);
  const { environment, secrets } = database.access;
  const task = new FargateTask(preview, "load", {
    // An underscore, which no preview's name has: the roles are none of the preview `<name>-load`.
    name: `${prefix}_load`,
    region: platform.region,
    account: platform.account,
    architecture: config.architecture ?? "X86_64",
    logGroupName: `${logGroupName}/load`,
    logRetentionDays: config.log_retention_days,
    container: {
      name: "load",
      image: SETUP_IMAGE,
      entryPoint: ["sh", "-euc"],
      command: [copy ? COPY_SOURCE : LOAD_SEED],
      environment: { ...environment, ...(copy ? environmentOf(copy) : {}) },
      secrets: {
        ...(secrets.PGPASSWORD === undefined ? {} : { PGPASSWORD: secrets.PGPASSWORD }),
        ...(copy
          ? {
              SOURCE_USER: { arn: copy.secretArn, key: "username" },
              SOURCE_PASSWORD: { arn: copy.secretArn, key: "password" },
            }
          : {}),
      },
      // A dump, or a schema, is written down before it is loaded.
      readOnlyRootFilesystem: false,
    },
  });
  return {
    id: copy ? "copy" : "seed",
    taskDefinitionArn: task.taskDefinitionArn,
    container: task.containerName,
    logGroup: task.logGroupName,
  };
}

/** Lets the tasks of a preview reach the source that is copied, where the platform names its security group. */
export function allowCopy(preview: Preview, securityGroupId: string): void {
  const { data } = preview.input;
  const to = data !== undefined && "copy" in data ? data.copy.securityGroupId : undefined;
  if (to !== undefined) allowPostgres(preview, "to-source", { from: securityGroupId, to });
}

type Copy = Extract<NonNullable<Preview["input"]["data"]>, { readonly copy: unknown }>["copy"];

const environmentOf = ({ host, port, database, masked, keep, mask }: Copy) => ({
  SOURCE_HOST: host,
  SOURCE_PORT: `${port}`,
  SOURCE_DATABASE: database,
  MASKED: masked ? "yes" : "no",
  KEEP: JSON.stringify(keep),
  MASK: JSON.stringify(mask),
});

function refuse(preview: Preview, { name, production, masked }: Copy): void {
  if (production && !masked) {
    const what = `source ${name} is production and is not masked`;
    throw new SynthError(preview, [{ what, instead: "leave masked out of previews.sources of the overlay" }]);
  }
  if (preview.input.network === "own") {
    const what = `source ${name} is copied, and network is own: it does not reach the source`;
    throw new SynthError(preview, [{ what, instead: "use network: shared, or seed" }]);
  }
}
