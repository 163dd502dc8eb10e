import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { unzipSync } from "fflate";
import { type Answer, type Asked, failed, json } from "./http";
import type { Objects } from "./objects";

/** What a version is made of. */
interface Version {
  readonly CodeSha256: string;
  readonly Environment: unknown;
}

interface Made {
  /** By their numbers, the newest last. */
  readonly versions: Map<number, Version>;
  published: number;
  latest: Version;
  alias: Alias | undefined;
}

interface Alias {
  readonly Name?: string;
  readonly FunctionVersion?: string;
  readonly RoutingConfig?: { readonly AdditionalVersionWeights?: Readonly<Record<string, number>> };
}

const NOTHING: Version = { CodeSha256: "", Environment: {} };

/**
 * Lambda functions: the code and the variables of each version, and an alias. A call runs the code of the version.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
export class Functions {
  private readonly made = new Map<string, Made>();

  /** The zips, by their hashes. */
  private readonly codes = new Map<string, Uint8Array>();

  constructor(private readonly objects: Objects) {}

  answer({ method, url, body }: Asked): Answer | Promise<Answer> {
    const asked = JSON.parse(body.toString() || "{}") as Record<string, unknown>;
    const [, , , name = String(asked.FunctionName), part, alias] = url.pathname.split("/");
    if (method === "POST" && part === undefined)
      this.made.set(name, { versions: new Map(), published: 0, latest: NOTHING, alias: undefined });
    const one = this.made.get(name);
    if (!one) return failed("ResourceNotFoundException", `no function ${name}`, 404);
    if (method === "DELETE") return remove(one, url.searchParams.get("Qualifier") ?? "");
    if (part === "invocations")
      return this.invoke(one, url.searchParams.get("Qualifier") ?? "$LATEST", asked);
    if (part === "versions") return json({ Versions: versionsOf(one) });
    if (part === "aliases" && method === "GET" && alias === undefined)
      return json({ Aliases: one.alias ? [one.alias] : [] });
    if (part === "aliases") return this.alias(one, method, asked);
    if (part === "configuration") {
      if (method === "PUT") one.latest = { ...one.latest, Environment: asked.Environment };
      const version = url.searchParams.get("Qualifier") ?? "$LATEST";
      const found = version === "$LATEST" ? one.latest : one.versions.get(Number(version));
      if (found === undefined) return failed("ResourceNotFoundException", `no version ${version}`, 404);
      return json({ FunctionName: name, Version: version, ...found });
    }
    if (part !== undefined) return this.update(one, asked);
    one.latest = { ...NOTHING, Environment: asked.Environment };
    return this.update(one, { ...(asked.Code as Record<string, unknown>), Publish: asked.Publish });
  }

  private update(one: Made, asked: Readonly<Record<string, unknown>>): Answer {
    const { S3Bucket, S3Key, S3ObjectVersion, ZipFile } = asked;
    const code =
      typeof ZipFile === "string"
        ? Buffer.from(ZipFile, "base64")
        : this.objects.at(`/${S3Bucket}/${S3Key}`, String(S3ObjectVersion));
    if (!code) return failed("InvalidParameterValueException", "S3 Error Code: NoSuchVersion");
    const CodeSha256 = createHash("sha256").update(code).digest("base64");
    this.codes.set(CodeSha256, code);
    one.latest = { ...one.latest, CodeSha256 };
    if (asked.Publish !== true) return json({ CodeSha256, Version: "$LATEST" });
    // Lambda publishes no version that is the same as the last one.
    if (!isDeepStrictEqual([...one.versions.values()].at(-1), one.latest)) {
      one.published += 1;
      one.versions.set(one.published, one.latest);
    }
    return json({ CodeSha256, Version: String([...one.versions.keys()].at(-1)) });
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
  private async invoke(one: Made, qualifier: string, event: unknown): Promise<Answer> {
    const version = qualifier === "$LATEST" ? one.latest : one.versions.get(Number(qualifier));
    const code = this.codes.get(version?.CodeSha256 ?? "");
    if (!code) return failed("ResourceNotFoundException", `no version ${qualifier}`, 404);
    const module = { exports: {} as { handler?: (event: unknown) => Promise<unknown> } };
    const source = Buffer.from(unzipSync(code)["index.js"] ?? []).toString();
    new Function("module", "exports", "require", source)(module, module.exports, require);
    try {
      return { status: 200, body: JSON.stringify((await module.exports.handler?.(event)) ?? null) };
    } catch (error) {
      const { name, message } = error as Error;
      const body = JSON.stringify({ errorType: name, errorMessage: message });
      return { status: 200, headers: { "x-amz-function-error": "Unhandled" }, body };
    }
  }

  private alias(one: Made, method: string, asked: Readonly<Record<string, unknown>>): Answer {
    if (method !== "GET") one.alias = { ...one.alias, ...asked };
    return one.alias ? json(one.alias) : failed("ResourceNotFoundException", "no alias", 404);
  }
}

function versionsOf({ versions, latest }: Made): readonly object[] {
  const all = [["$LATEST", latest] as const, ...versions];
  return all.map(([Version, { CodeSha256 }]) => ({
    Version: String(Version),
    CodeSha256,
    CodeSize: 1000,
    LastModified: "2026-01-01T00:00:00.000+0000",
  }));
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html */
function remove({ versions, alias }: Made, version: string): Answer {
  const weights = Object.keys(alias?.RoutingConfig?.AdditionalVersionWeights ?? {});
  if ([alias?.FunctionVersion, ...weights].includes(version))
    return failed("ResourceConflictException", `an alias is on version ${version}`, 409);
  if (!versions.delete(Number(version)))
    return failed("ResourceNotFoundException", `no version ${version}`, 404);
  return { status: 204 };
}

/** CloudWatch's alarms, which are on when they are set so. */
export class Alarms {
  private readonly states = new Map<string, Readonly<Record<string, unknown>>>();

  answer(operation: string, asked: Readonly<Record<string, unknown>>): Answer {
    if (operation === "DescribeAlarms") {
      const names = asked.AlarmNames as readonly string[];
      return json({ MetricAlarms: names.flatMap((name) => this.states.get(name) ?? []) });
    }
    this.states.set(String(asked.AlarmName), { StateValue: "OK", ...asked });
    return json({});
  }
}
