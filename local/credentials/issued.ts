import type { WholeResponse } from "../gateway/exchange";
import type { Correction } from "../gateway/service";
import { Store } from "../services/store";

/** A key that an emulator has given out. */
export interface IssuedKey {
  readonly secret: string;

  /** The user that it is of; whose a role's is, STS tells itself. */
  readonly user?: { readonly arn: string; readonly id: string };

  /** When it ends, in milliseconds since 1970; a user's does not. */
  readonly until?: number;
}

/**
 * The access keys that STS and IAM have given out here. No emulator checks a signature; with the secrets that
 * passed by, the gateway can, where it matters: for the tokens of `aws eks get-token`.
 */
export class IssuedCredentials {
  private readonly store: Store<Record<string, IssuedKey>>;

  /** @param file - where they are kept; undefined for memory only. */
  constructor(file: string | undefined) {
    this.store = new Store<Record<string, IssuedKey>>(file, () => ({}));
  }

  /** A key that is still good. */
  find(accessKey: string): IssuedKey | undefined {
    const key = this.store.value[accessKey];
    return key && (key.until === undefined || key.until > Date.now()) ? key : undefined;
  }

  reset(): void {
    this.store.reset();
  }

  /** Takes note of what passes by, and lets STS know the users of IAM, which is another emulator's. */
  readonly corrections: readonly Correction[] = [
    {
      service: "sts",
      applies: () => true,
      correct: async (request, forward) => {
        const response = await forward(request);
        if (response.status !== 200) return response;
        this.note(String(response.body));
        const user = request.scope && this.find(request.scope.accessKey)?.user;
        return user === undefined ? response : asUser(response, user);
      },
    },
    {
      service: "iam",
      applies: () => true,
      correct: async (request, forward) => {
        const response = await forward(request);
        if (response.status !== 200) return response;
        if (request.operation === "CreateAccessKey") {
          const user = textOf(String(response.body), "UserName");
          // The ARN has the user's path, which only IAM knows.
          const body = Buffer.from(
            new URLSearchParams({ Action: "GetUser", Version: "2010-05-08", UserName: user }).toString(),
          );
          const found = await forward({ ...request, body, operation: "GetUser" });
          const [arn, id] = ["Arn", "UserId"].map((name) => textOf(String(found.body), name));
          this.note(String(response.body), { arn: arn ?? "", id: id ?? "" });
        }
        if (request.operation === "DeleteAccessKey") {
          const key = new URLSearchParams(request.body.toString()).get("AccessKeyId") ?? "";
          this.store.change((keys) => delete keys[key]);
        }
        return response;
      },
    },
  ];

  private note(body: string, user?: IssuedKey["user"]): void {
    const accessKey = textOf(body, "AccessKeyId");
    const secret = textOf(body, "SecretAccessKey");
    if (accessKey === "" || secret === "") return;
    const expiration = textOf(body, "Expiration");
    this.store.change((keys) => {
      for (const [name, { until = Number.POSITIVE_INFINITY }] of Object.entries(keys)) {
        if (until < Date.now()) delete keys[name];
      }
      keys[accessKey] = {
        secret,
        ...(user === undefined ? {} : { user }),
        ...(expiration === "" ? {} : { until: timeOf(expiration) }),
      };
    });
  }
}

/** The text of an element of XML or JSON, empty when there is none. */
function textOf(body: string, name: string): string {
  const [, xml, json] = new RegExp(`<${name}>([^<]*)</${name}>|"${name}":\\s*"?([^",}]*)`).exec(body) ?? [];
  return xml ?? json ?? "";
}

/** A time as the query protocol writes it, or as JSON does. */
function timeOf(text: string): number {
  return /^[\d.]+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** The answer of GetCallerIdentity for a user, where STS takes the account itself for the caller. */
function asUser(response: WholeResponse, { arn, id }: NonNullable<IssuedKey["user"]>): WholeResponse {
  const { "content-length": _, ...headers } = response.headers;
  const body = String(response.body)
    .replace(/arn:aws[a-z-]*:iam::\d{12}:root/, arn)
    .replace(/(<UserId>|"UserId":\s*")[^<"]*/, `$1${id}`);
  return { ...response, headers, body };
}
