/** Range of the addresses that stand for names of the internet. @see https://www.rfc-editor.org/rfc/rfc2544 */
export const OUTSIDE_RANGE = "198.18.0.0/15";

/** Ports of a name that lead outside: those of HTTP and HTTPS. */
export const OUTSIDE_PORTS = [80, 443] as const;

/** Names that get an address; more than a machine asks for in its life. */
const MOST = 4096;

/**
 * Names of the internet, each with an address of its own inside: whoever connects to that has meant the name.
 *
 * So what is inside reaches the internet as through a NAT gateway, with no route, address or rule on the machine itself.
 */
export class OutsideNames {
  private readonly addresses = new Map<string, Promise<string>>();

  /** @param listen - leads a port of an address to a name. */
  constructor(private readonly listen: (name: string, port: number, address: string) => Promise<void>) {}

  /** The address of a name; undefined for a name that is none of the internet. */
  async addressOf(name: string): Promise<string | undefined> {
    if (!isOfInternet(name)) return undefined;
    const known = this.addresses.get(name);
    if (known) return known;
    if (this.addresses.size >= MOST) return undefined;
    const made = this.make(name, this.addresses.size + 1);
    this.addresses.set(name, made);
    return made;
  }

  private async make(name: string, number: number): Promise<string> {
    const address = `198.18.${number >> 8}.${number & 255}`;
    for (const port of OUTSIDE_PORTS) await this.listen(name, port, address);
    return address;
  }
}

/** Suffixes that no name of the internet has. @see https://www.iana.org/assignments/special-use-domain-names */
const OWN_SUFFIXES = /(?:^|\.)(?:localhost|local|internal|invalid|onion|arpa)$/;

/** What is downloaded from AWS without an account. */
const DOWNLOADS = /^(?:awscli|amazoncloudwatch-agent(?:-[a-z0-9-]+)?\.s3(?:\.[a-z0-9-]+)?)\.amazonaws\.com$/;

/**
 * Whether a name leads outside. Those of AWS's APIs do not: a program that does not ask the local AWS is not to ask the other one.
 */
export function isOfInternet(name: string): boolean {
  if (!/^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(name))
    return false;
  if (OWN_SUFFIXES.test(name)) return false;
  return !/(?:^|\.)(?:amazonaws|api\.aws)(?:\.com)?(?:\.cn)?$/.test(name) || DOWNLOADS.test(name);
}
