import type { Command } from "commander";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson, sayLines } from "../../console/output";
import { checkOwnNetwork } from "../../preview/checks";
import { checkQuotas, findWanted, nameFor } from "../../preview/claim";
import { CONFIG_FILE, readConfigFile } from "../../preview/config/read";
import { resolveConfig } from "../../preview/config/resolve";
import { changesOf, PreviewCreation } from "../../preview/create";
import { checkTtl } from "../../preview/duration";
import { whoRuns } from "../../preview/hold";
import { checkImage, checkOwner, inputOf, type PreviewInput } from "../../preview/input";
import { laterOf } from "../../preview/life-cycle";
import type { Metadata } from "../../preview/metadata";
import { checkPreviewName } from "../../preview/name";
import { PreviewPlatform } from "../../preview/platform";
import { costOf, previewPrice, priceLines } from "../../preview/price";
import { reservedNames } from "../../preview/reserved";
import { readSeed } from "../../preview/seed";
import { PreviewStore } from "../../preview/store";
import { viewOf } from "../../preview/view";
import { WorkFolder } from "../../process/work-folder";
import { findProject } from "../../project/project";
import { confirmed, requireTerminal } from "../confirm";
import {
  dispatched,
  examples,
  storeHere,
  type WantedFlags,
  wantedOf,
  withBranch,
  withDispatch,
} from "./options";

interface Flags extends WantedFlags {
  readonly template?: string;
  readonly name?: string;
  readonly image?: string;
  readonly ttl?: string;
  readonly owner?: string;
  readonly commit?: string;
  readonly pullRequest?: string;
  readonly config: string;
  readonly dispatch?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Adds `groundplan preview create`. */
export function addCreate(preview: Command): void {
  withDispatch(
    withBranch(
      preview
        .command("create")
        .summary("make a preview, or give one a new image and more time")
        .description(
          `Makes a preview from a template and ${CONFIG_FILE}: its price first, then a question, then Terraform, the database's migrations, and the service. Run it again after a push: the preview gets the new image, and its time begins anew. After an interruption, run the same command again.`,
        )
        .option("--template <name>", "template (default: that of .idp/config.yml, else api-service)")
        .option("--name <name>", "name of the preview (default: that of its branch)"),
    ),
  )
    .option("--image <reference>", "image that runs (default: what runs now, else that of .idp/config.yml)")
    .option(
      "--ttl <time>",
      "how long it lives, e.g. 12h, 7d or 2w (default: that of .idp/config.yml, else 7d)",
    )
    .option(
      "--owner <owner>",
      "whom it counts for, e.g. an e-mail address (default: GITHUB_ACTOR, else the user)",
    )
    .option("--commit <sha>", "commit from which the image was built")
    .option("--pull-request <number>", "pull request that it is for")
    .option("--config <folder>", `repository whose ${CONFIG_FILE} is read`, ".")
    .option("-y, --yes", "do not ask: for automation")
    .option("--json", "print the preview as JSON; needs --yes")
    .addHelpText(
      "after",
      examples(
        "create --template api-service --name payment-api",
        "create --branch feature/payment-api --image nginx:alpine --ttl 12h --yes",
      ),
    )
    .action(create);
}

async function create(flags: Flags): Promise<void> {
  if (flags.json && !flags.yes) throw new CliError(EXIT.USAGE, "--json asks nobody", "write: --yes --json");
  if (!flags.yes) requireTerminal("give --yes");
  if (flags.dispatch) return dispatchCreate(flags);
  const platform = PreviewPlatform.find();
  const store = new PreviewStore(platform.bucket);
  const { input, there, sleep, seed } = await inputFor(platform, store, flags);
  const wanted = wantedOf(flags.name, flags);
  const pull = pullOf(flags.pullRequest);
  const quiet = flags.json ?? false;
  const root = platform.checkout;
  await WorkFolder.during(findProject(root), async (work) => {
    const creation = await PreviewCreation.planned({
      platform,
      store,
      input,
      wanted: { ...wanted, name: input.name },
      env: process.env,
      work,
      quiet,
      keepsLater: flags.ttl === undefined,
      ...(pull === undefined ? {} : { pullRequest: pull }),
      ...(sleep === undefined ? {} : { sleep }),
      ...(seed === undefined ? {} : { seed }),
    });
    const price = previewPrice(creation.plan.raw, input.platform.region, root);
    if (!quiet) sayLines([line``, ...priceLines(price, input.platform.region)]);
    const question = [
      line`${changesOf(creation.plan.raw)}; it lives until ${input.expiresAt}.`,
      line`${there ? "Update" : "Make"} preview ${paint.strong(input.name)}?`,
    ];
    if (!quiet && flags.yes) say(question[0]);
    if (!(await confirmed(question, flags.yes))) return say(line`Nothing was changed.`);
    const metadata = await creation.carryOut(costOf(price));
    if (quiet) return sayJson({ format: "groundplan.preview", version: 1, ...viewOf(metadata) });
    sayMade(metadata);
  });
}

/** Lets GitHub make it, where the price stands in the run's summary: what is asked for is checked here. */
async function dispatchCreate(flags: Flags): Promise<void> {
  const name = checkPreviewName(flags.name ?? "");
  const { image, ttl, template, owner } = flags;
  if (image !== undefined) checkImage(image);
  if (ttl !== undefined) checkTtl(ttl);
  const quiet = flags.json ?? false;
  if (!(await confirmed(line`Make preview ${paint.strong(name)} by the workflow provision.yml?`, flags.yes)))
    return say(line`Nothing was changed.`);
  const inputs = { name, template, image, ttl, owner: checkOwner(owner ?? whoRuns(process.env)) };
  await dispatched({ workflow: "provision.yml", inputs }, quiet);
  const metadata = await storeHere().get(name);
  if (quiet) return sayJson({ format: "groundplan.preview", version: 1, ...viewOf(metadata) });
  sayMade(metadata);
}

function sayMade(metadata: Metadata): void {
  sayLines([
    line``,
    line`${paint.good("Active")}: preview ${paint.strong(metadata.name)} until ${metadata.expiresAt}`,
    ...(metadata.endpoint === undefined ? [] : [line`  ${metadata.endpoint}`]),
    line`  its logs: npx groundplan preview logs ${metadata.name} --follow`,
    line`  its end:  npx groundplan preview destroy ${metadata.name}`,
  ]);
}

/** The document of the preview that is asked for; and the preview, when it is there. */
async function inputFor(
  platform: PreviewPlatform,
  store: PreviewStore,
  flags: Flags,
): Promise<{
  readonly input: PreviewInput;
  readonly there: Metadata | undefined;
  readonly sleep: Metadata["sleep"];
  readonly seed: Buffer | undefined;
}> {
  const config = resolveConfig(readConfigFile(flags.config), flags.template);
  const owner = checkOwner(flags.owner ?? whoRuns(process.env));
  const wanted = wantedOf(flags.name, flags);
  const environment = platform.need("environment");
  const [shared, account] = await Promise.all([platform.shared(), platform.account()]);
  const name = await nameFor(store, wanted, reservedNames(platform));
  const there = await findWanted(store, { ...wanted, name });
  if (!there) {
    const others = (await store.all()).flatMap((one) =>
      "metadata" in one && one.metadata.status !== "gone" ? [one.metadata] : [],
    );
    checkQuotas(others, owner, shared);
    if (config.network === "own") await checkOwnNetwork(platform.need("region"));
  }
  const now = Date.now();
  const lifetime = lifetimeOf(flags.ttl, config.ttl, there, now);
  const createdAt = there?.createdAt ?? new Date(now).toISOString();
  const certificateArn = platform.setting("certificate") ?? (shared.certificateArn || undefined);
  const costCenter = platform.setting("cost-center");
  const input = inputOf({
    name,
    owner: there?.owner ?? owner,
    image: checkImage(flags.image ?? there?.image ?? config.image),
    createdAt,
    ...lifetime,
    config,
    ...(shared.sources === undefined ? {} : { sources: shared.sources }),
    ...(wanted.branch === undefined ? {} : { branch: wanted.branch }),
    ...(wanted.repository === undefined ? {} : { repository: wanted.repository }),
    ...(flags.commit === undefined ? {} : { commit: commitOf(flags.commit) }),
    platform: {
      name: platform.need("platform"),
      environment,
      account,
      region: platform.need("region"),
      domain: platform.setting("domain") ?? shared.domain,
      zoneId: platform.setting("zone") ?? shared.zoneId,
      ...(certificateArn === undefined ? {} : { certificateArn }),
      ...(costCenter === undefined ? {} : { costCenter }),
    },
  });
  return { input, there, sleep: config.sleep, seed: readSeed(flags.config, config.seed) };
}

/** How long it lives from now on: a push never shortens what somebody has extended. */
function lifetimeOf(
  asked: string | undefined,
  usual: string,
  there: Metadata | undefined,
  now: number,
): Pick<Metadata, "ttl" | "expiresAt"> {
  const ttl = asked ?? usual;
  const expiresAt = new Date(now + checkTtl(ttl)).toISOString();
  return asked === undefined && there ? laterOf(there, { ttl, expiresAt }) : { ttl, expiresAt };
}

function commitOf(commit: string): string {
  if (/^[0-9a-f]{7,64}$/.test(commit)) return commit;
  throw new CliError(
    EXIT.USAGE,
    `invalid commit ${JSON.stringify(commit.slice(0, 100))}`,
    "use 7 to 64 hexadecimal digits",
  );
}

function pullOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new CliError(
    EXIT.USAGE,
    `invalid pull request ${JSON.stringify(text.slice(0, 50))}`,
    "use its number, e.g. 42",
  );
}
