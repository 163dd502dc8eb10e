import { Store } from "../files/store";

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

  /** Takes note of the key in an answer, if there is one. */
  note(body: string, user?: IssuedKey["user"]): void {
    const accessKey = elementOf(body, "AccessKeyId");
    const secret = elementOf(body, "SecretAccessKey");
    if (accessKey === "" || secret === "") return;
    const expiration = elementOf(body, "Expiration");
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

  /** Forgets a key that was deleted. */
  forget(accessKey: string): void {
    this.store.change((keys) => delete keys[accessKey]);
  }
}

/** The text of an element of XML or JSON, empty when there is none. */
export function elementOf(body: string, name: string): string {
  const [, xml, json] = new RegExp(`<${name}>([^<]*)</${name}>|"${name}":\\s*"?([^",}]*)`).exec(body) ?? [];
  return xml ?? json ?? "";
}

/** A time as the query protocol writes it, or as JSON does. */
function timeOf(text: string): number {
  return /^[\d.]+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
