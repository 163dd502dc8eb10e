import { existsSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { privateFolder, writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { type Certified, issuedBy, selfSigned } from "./certificate";

const NAME = "groundplan local authority";

/** Names for which certificates are kept ready; more than a laptop has previews. */
const MOST = 1000;

/** Path of the certificate that clients trust: `curl --cacert`. */
export function authorityFile(stateDirectory: string): string {
  return join(stateDirectory, "authority.pem");
}

/**
 * The authority that signs the certificates of local load balancers: one for each state folder, made once. Its key never leaves the
 * folder, which its owner alone can read.
 */
export class LocalAuthority {
  private readonly authority: Certified;
  private readonly issued = new Map<string, Certified>();
  private readonly contexts = new Map<string, SecureContext>();

  constructor(stateDirectory: string) {
    const file = authorityFile(stateDirectory);
    const keyFile = join(stateDirectory, "authority.key");
    if (!existsSync(file) || !existsSync(keyFile)) {
      const made = selfSigned(NAME);
      privateFolder(stateDirectory);
      writeWhole(keyFile, made.key);
      writeWhole(file, made.certificate);
    }
    this.authority = { certificate: readSmallFile(file), key: readSmallFile(keyFile) };
  }

  /** What TLS is spoken with for a name of this machine. @throws for another name: nobody here may be taken for it. */
  contextOf(name: string): SecureContext {
    const known = this.contexts.get(name);
    if (known) return known;
    const { certificate, key } = this.certificateOf(name);
    const context = createSecureContext({ cert: certificate, key });
    if (this.contexts.size >= MOST) this.contexts.clear();
    this.contexts.set(name, context);
    return context;
  }

  /** The certificate for a name, or for this machine's addresses where none is asked for. */
  certificateOf(name: string): Certified {
    if (name !== "" && !/^(?:[a-z0-9_-]+\.)*localhost$/i.test(name))
      throw new Error(`${name} is no name of this machine`);
    const known = this.issued.get(name);
    if (known) return known;
    const names = name === "" ? ["localhost"] : [name.toLowerCase()];
    const made = issuedBy(this.authority, NAME, names, name === "" ? ["127.0.0.1"] : []);
    if (this.issued.size >= MOST) this.issued.clear();
    this.issued.set(name, made);
    return made;
  }
}
