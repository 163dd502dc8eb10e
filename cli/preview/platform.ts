import { existsSync } from "node:fs";
import { join } from "node:path";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { callerAccount } from "../aws/caller";
import { nameOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { s3State } from "../project/backend";
import { allowedAccounts, findProject, isSynthesized, readStacks, type Stack } from "../project/project";
import { rootOf } from "../project/root";
import { type FoundSettings, readSettings, SETTINGS, type SettingName } from "./settings";

/** Folder of the previews' app in a checkout of the platform. */
export const PREVIEWS = "previews";

/** What the stack `preview-shared` has published. */
export interface SharedPreviews {
  readonly clusterName: string;
  readonly privateSubnetIds: readonly string[];
  readonly loadBalancer: Readonly<Record<string, string>>;
  readonly wakeTargetGroupArn: string;
  readonly certificateArn: string;
  readonly domain: string;
  readonly zoneId: string;
  readonly scheduleGroup: string;
  readonly ecrRepository: Readonly<Record<string, string>>;
  readonly quotaTotal: number;
  readonly quotaPerOwner: number;
  readonly defaultTtl: string;

  /** Images of each preview that are kept. @default - all: a stack of before does not say it */
  readonly imagesPerPreview?: number;

  /** Sources of which databases are copied, each as JSON. @default - none: as above */
  readonly sources?: Readonly<Record<string, string>>;

  /** Bucket from which the page of all previews is served; empty without one. @default - as above */
  readonly dashboardBucket?: string;
}

const text = { type: "string" };
const asShared = schemaCheck<SharedPreviews>({
  type: "object",
  required: ["clusterName", "loadBalancer", "domain", "zoneId", "quotaTotal", "quotaPerOwner", "defaultTtl"],
  properties: {
    clusterName: text,
    domain: text,
    zoneId: text,
    defaultTtl: text,
    quotaTotal: { type: "number" },
    quotaPerOwner: { type: "number" },
    imagesPerPreview: { type: "number" },
    dashboardBucket: text,
    sources: { type: "object", additionalProperties: text },
    loadBalancer: { type: "object", additionalProperties: text },
  },
});

/** In what previews are made. */
export class PreviewPlatform {
  private sharedFound: Promise<SharedPreviews> | undefined;

  private constructor(
    /** Folder of the platform's checkout; undefined elsewhere. */
    readonly root: string | undefined,
    readonly found: FoundSettings,
  ) {}

  /** What variables, files and the checkout say. */
  static find(env: NodeJS.ProcessEnv = process.env, folder = process.cwd()): PreviewPlatform {
    const root = platformRoot(folder);
    const backend = env.BACKEND_CONF || (root && join(root, PREVIEWS, "backend.conf"));
    const said = readSettings(env, backend || undefined);
    return new PreviewPlatform(root, {
      ...(root === undefined ? {} : settingsOfCheckout(root, said)),
      ...said,
    });
  }

  /** A setting; undefined where nothing says it. */
  setting(name: SettingName): string | undefined {
    return this.found[name]?.value;
  }

  /** @throws CliError where nothing says it. */
  need(name: SettingName): string {
    const value = this.setting(name);
    if (value !== undefined) return value;
    const { what, variables, example } = SETTINGS[name];
    throw new CliError(
      EXIT.MISSING,
      `nothing says the ${what}`,
      `set it: npx groundplan preview config set ${name} ${example}`,
      `or the variable ${variables[0]}; in a checkout of the platform, synthesize it: npx groundplan list`,
    );
  }

  get bucket(): { readonly bucket: string; readonly region: string } {
    return { bucket: this.need("bucket"), region: this.need("region") };
  }

  /** Root of the checkout. @throws CliError outside of one. */
  get checkout(): string {
    if (this.root !== undefined) return this.root;
    throw new CliError(
      EXIT.MISSING,
      `this is no checkout of the platform: it has no folder ${PREVIEWS} with a cdktf.json`,
      `at ${process.cwd()}`,
      "run it there, or let GitHub do it: --dispatch",
    );
  }

  /** The account, of the settings or else of the credentials. */
  async account(): Promise<string> {
    const { region } = { region: this.need("region") };
    const caller = await callerAccount(region);
    const account = this.setting("account");
    if (account === undefined || account === caller) return caller;
    throw new CliError(
      EXIT.HELD,
      `the credentials are of account ${caller}, and the previews are in ${account}`,
      "sign in to that account, e.g. with AWS_PROFILE",
    );
  }

  /** What the stack `preview-shared` says. @throws CliError where it is not deployed. */
  shared(): Promise<SharedPreviews> {
    this.sharedFound ??= this.readShared();
    return this.sharedFound;
  }

  private async readShared(): Promise<SharedPreviews> {
    const [platform, environment, region] = [
      this.need("platform"),
      this.need("environment"),
      this.need("region"),
    ];
    const Name = `/${platform}/${environment}/preview-shared`;
    try {
      const { Parameter } = await new SSMClient({ region }).send(new GetParameterCommand({ Name }));
      return asShared(parseJson(Parameter?.Value ?? ""));
    } catch (error) {
      if (error instanceof InputError)
        throw new CliError(
          EXIT.FAILED,
          `parameter ${Name} cannot be read: ${error.message}`,
          "deploy preview-shared again",
        );
      if (nameOf(error) !== "ParameterNotFound") throw unreachable(error);
      throw new CliError(
        EXIT.MISSING,
        `what all previews share is not deployed: there is no parameter ${Name}`,
        `deploy it: npx groundplan apply ${environment}-preview-shared`,
      );
    }
  }
}

/** The nearest folder above that is a checkout of the platform. */
function platformRoot(folder: string): string | undefined {
  const root = rootOf(folder);
  if (root === undefined) return undefined;
  if (existsSync(join(root, PREVIEWS, "cdktf.json"))) return root;
  const above = join(root, "..");
  return existsSync(join(above, PREVIEWS, "cdktf.json")) && existsSync(join(above, "cdktf.json"))
    ? above
    : undefined;
}

/** What the synthesized stack `preview-shared` of a checkout says. */
function settingsOfCheckout(root: string, said: FoundSettings): FoundSettings {
  const project = findProject(root);
  if (!isSynthesized(project)) return {};
  const environment = said.environment?.value;
  const stack = readStacks(project).find(
    (one) => one.unit === "preview-shared" && (environment === undefined || one.environment === environment),
  );
  if (!stack) return {};
  const state = s3State(stack);
  const from = `stack ${stack.name}`;
  const values: Partial<Record<SettingName, string | undefined>> = {
    bucket: state?.bucket,
    "lock-table": state?.table,
    region: regionOf(stack) ?? state?.region,
    account: allowedAccounts(stack)[0],
    ...placeOf(stack),
  };
  const entries = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, { value, from }]));
}

function regionOf({ json }: Stack): string | undefined {
  const region = json.provider?.aws?.[0]?.region;
  return typeof region === "string" ? region : undefined;
}

/** Platform and environment, by the name of the parameter that the stack publishes. */
function placeOf({ json }: Stack): { readonly platform?: string; readonly environment?: string } {
  for (const { name } of Object.values(json.resource?.aws_ssm_parameter ?? {})) {
    const [, platform, environment] = /^\/([^/]+)\/([^/]+)\/preview-shared$/.exec(String(name)) ?? [];
    if (platform !== undefined && environment !== undefined) return { platform, environment };
  }
  return {};
}
