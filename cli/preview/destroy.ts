import { setTimeout as sleep } from "node:timers/promises";
import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { interrupted } from "../process/interrupts";
import type { WorkFolder } from "../process/work-folder";
import { type Progress, runSteps } from "../progress/tasks";
import { changesOf } from "./create";
import { releaseDeadLock } from "./dead-lock";
import { Hold, type HoldProps, whoRuns } from "./hold";
import { deleteImages } from "./images";
import type { PreviewInput } from "./input";
import type { Metadata } from "./metadata";
import type { PreviewPlatform } from "./platform";
import { ENVIRONMENT_TAG, isLeft, MANAGED_TAG, type Receipt, receiptOf, taggedResources } from "./receipt";
import type { PreviewStore } from "./store";
import { oneOffTasks, runTask } from "./tasks";
import { PreviewTerraform, type StandingResource, standing } from "./terraform";

/** Properties of {@link destroyPreview}. */
export interface DestroyProps {
  readonly platform: PreviewPlatform;
  readonly store: PreviewStore;
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly work: WorkFolder;
  readonly reason?: string;

  /** Refuses what is not to be destroyed any more, by what it throws. @default - whatever it is */
  readonly allow?: HoldProps["allow"];

  /** Keeps standard output free. */
  readonly quiet: boolean;
}

/** Time for which AWS may list what is gone, in milliseconds. */
const LISTED = 60_000;

/**
 * Destroys a preview, and gives the receipt. Whatever a run before has left is destroyed too, and what is gone already
 * is no fault.
 *
 * @throws CliError when something of it does not carry its tags: that is somebody else's.
 */
export async function destroyPreview(props: DestroyProps): Promise<Receipt> {
  const { store, name, env, quiet, reason, allow } = props;
  let receipt: Receipt | undefined;
  await Hold.during(
    {
      store,
      name,
      work: "destroy",
      env,
      stopOthers: true,
      ...(reason === undefined ? {} : { reason }),
      ...(allow === undefined ? {} : { allow }),
      ...(quiet ? {} : { progress: () => undefined }),
    },
    async (hold) => {
      receipt = await steps(hold, props);
      await store.write(name, "receipt.json", receipt);
      await forgetState(props);
      return { to: "gone" };
    },
  );
  await store.remove(name);
  return receipt as Receipt;
}

async function steps(hold: Hold, { platform, name, env, work, quiet }: DestroyProps): Promise<Receipt> {
  const input = inputOf(hold.metadata);
  const { region } = input.platform;
  let terraform: PreviewTerraform | undefined;
  let resources: readonly StandingResource[] = [];
  let images: readonly string[] = [];
  let left: readonly string[] = [];
  try {
    await runSteps(
      [
        {
          title: `plan to destroy ${name}`,
          run: async (_, progress) => {
            await releaseDeadLock({ platform, name, run: hold.takenFrom, env });
            terraform = await PreviewTerraform.of(platform, input, work, progress);
            progress("planning");
            const { raw } = await terraform.plan("-destroy");
            resources = standing(raw);
            refuseForeign(name, resources);
            return changesOf(raw);
          },
        },
        {
          title: "before it goes",
          run: async (_, progress) => {
            if (resources.length === 0) return "nothing stands";
            return runBefore(terraform as PreviewTerraform, hold, region, progress);
          },
        },
        {
          title: "destroy",
          run: async (_, progress) => {
            hold.check();
            if (resources.length === 0) return "nothing stands";
            terraform?.showOn(progress);
            await terraform?.apply();
            return `${resources.length} resources are gone`;
          },
        },
        {
          title: "delete its images",
          run: async () => {
            const { ecrRepository } = await platform.shared();
            const repository = platform.setting("image-repository") ?? ecrRepository.name;
            images = repository === undefined ? [] : await deleteImages(repository, region, name);
            return images.length === 0 ? "none" : images.join(", ");
          },
        },
        {
          title: "ask AWS what is left",
          run: async (_, progress) => {
            left = await leftOf(name, region, progress);
            return left.length === 0 ? "nothing" : left.join(", ");
          },
        },
      ],
      {},
      quiet,
    );
  } finally {
    terraform?.close();
  }
  return receiptOf(name, whoRuns(env), { resources, images, left });
}

/** What has to run while all of it stands: its database on the shared server is dropped. */
async function runBefore(
  terraform: PreviewTerraform,
  hold: Hold,
  region: string,
  progress: Progress,
): Promise<string> {
  // Before it came so far, nothing was made on the server.
  const { before_destroy: listed } = await terraform.outputs();
  const ran = hold.metadata.ran ?? [];
  const tasks = oneOffTasks(listed).filter(({ id }) => !ran.includes(id));
  for (const task of tasks) {
    hold.check();
    await runTask(task, { region, progress, mask: (text) => terraform.mask(text) });
    await hold.remember((metadata) => ({ ...metadata, ran: [...(metadata.ran ?? []), task.id] }));
  }
  return tasks.map(({ id }) => id).join(", ") || "nothing";
}

/** Only what carries the tags of this very preview is destroyed; what takes no tags goes with it. */
function refuseForeign(name: string, resources: readonly StandingResource[]): void {
  const foreign = resources.filter(
    ({ tags }) =>
      tags &&
      Object.keys(tags).length > 0 &&
      !(tags[MANAGED_TAG] === "true" && tags[ENVIRONMENT_TAG] === name),
  );
  if (foreign.length === 0) return;
  throw new CliError(
    EXIT.FAILED,
    `the state of preview ${name} has what does not carry its tags, and nothing was destroyed`,
    ...foreign.slice(0, 10).map(({ address, id = "" }) => `${address} ${id}`),
    "it is somebody else's: take it out of the state (terraform state rm), or tag it",
  );
}

/** What AWS lists by the tag when its list has caught up. */
async function leftOf(name: string, region: string, progress: Progress): Promise<readonly string[]> {
  const until = Date.now() + LISTED;
  for (;;) {
    const left = ((await taggedResources(region, name)).get(name) ?? []).filter(isLeft);
    if (left.length === 0 || Date.now() > until || interrupted.aborted) return left;
    progress(`${left.length} are still listed`);
    await sleep(3_000, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

/** Removes the state, which is empty: its digest first, without which Terraform takes a state that is not there for none. */
async function forgetState({ platform, store, name }: DestroyProps): Promise<void> {
  const TableName = platform.setting("lock-table");
  const { bucket, region } = platform.bucket;
  if (TableName !== undefined) {
    const LockID = { S: `${bucket}/${store.key(name, "terraform.tfstate")}-md5` };
    try {
      await new DynamoDBClient({ region }).send(new DeleteItemCommand({ TableName, Key: { LockID } }));
    } catch (error) {
      throw unreachable(error);
    }
  }
  await store.delete(name, "terraform.tfstate");
  await store.delete(name, "seed");
  await store.delete(name, "outputs.json");
}

function inputOf({ name, input }: Metadata): PreviewInput {
  if ((input as Partial<PreviewInput>).format === "groundplan-preview-input" && input.name === name)
    return input as unknown as PreviewInput;
  throw new CliError(
    EXIT.FAILED,
    `preview ${name} does not say from what it was made`,
    "restore an older version of its metadata.json",
  );
}
