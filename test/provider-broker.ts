import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import {
  type ClientHttp2Session,
  createServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { join } from "node:path";
import { forward, readSchema, reply, SCHEMA, sessionWith } from "../cli/terraform/provider/gate";
import { narrowed, typesIn } from "../cli/terraform/provider/schema";
import { SharedProvider } from "../cli/terraform/provider/shared";
import { temporaryFolder } from "./temporary-folder";

const CONFIGURE = "/tfplugin5.Provider/Configure";
const STOP = "/tfplugin5.Provider/Stop";

/** More processes than this of the provider fill the memory. */
const MOST = 4;

interface Member {
  readonly process: SharedProvider;
  readonly session: ClientHttp2Session;

  /** The call by which it was configured: it keeps connections and tags of that. Undefined before the first. */
  configuration: string | undefined;
  isBusy: boolean;
}

/**
 * The real AWS provider for every Terraform that has {@link environment}, whoever starts it: the command line, cdktf, a
 * shell. Each starts and verifies none of its own, which costs it three seconds of CPU time.
 *
 * Each connection of a Terraform gets a process for itself that was configured by the same bytes, or by none yet.
 *
 * A suite that is about providers themselves, or about what is downloaded and verified, goes without. So does a Terraform
 * that a test waits for without letting Node go on (`execFileSync`).
 */
export class ProviderBroker {
  private readonly members = new Set<Member>();
  private readonly assigned = new Map<Http2Session, Member>();
  private readonly folders = new Set<string>();
  private readonly types = new Set<string>();

  /** When files were changed that were read. */
  private readonly read = new Map<string, number>();
  private readonly server = createServer();

  private constructor(
    private readonly program: string,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  /** Variables by which Terraform finds it. */
  environment: Readonly<Record<string, string>> = {};

  /**
   * @param program - the provider's.
   * @param variables - by which it finds the emulator.
   */
  static async start(program: string, variables: Readonly<Record<string, string>>): Promise<ProviderBroker> {
    const broker = new ProviderBroker(program, variables);
    const { process, session } = await broker.startMember();
    const schema = await readSchema(process.socket);
    const { server, assigned } = broker;
    server.on("session", (terraform) => {
      terraform.on("error", () => undefined);
      terraform.once("close", () => broker.release(terraform));
    });
    server.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      const terraform = stream.session;
      const path = headers[":path"];
      if (!terraform) stream.close();
      else if (path === SCHEMA) reply(stream, narrowed(schema, broker.typesNow()));
      else if (path === CONFIGURE) broker.configure(terraform, stream, headers).catch(() => stream.close());
      else {
        const member = assigned.get(terraform);
        // Its next Terraform would not know whether it still stops.
        if (path === STOP && member) broker.members.delete(member);
        forward(stream, headers, (member ?? broker.any())?.session ?? session);
      }
    });
    const socket = join(temporaryFolder("broker"), "socket");
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    broker.environment = { TF_REATTACH_PROVIDERS: process.reattach(socket) };
    return broker;
  }

  /** Has Terraform know the types that are named in configurations below a folder, then or later. */
  addFolder(folder: string): void {
    this.folders.add(folder);
  }

  async stop(): Promise<void> {
    this.server.close();
    for (const terraform of this.assigned.keys()) terraform.destroy();
    await Promise.all([...this.started].map(({ process }) => process.stop()));
  }

  /** All that were started, also those that serve no other Terraform any more. */
  private readonly started = new Set<Member>();

  private async configure(
    terraform: Http2Session,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    const message = Buffer.concat(parts);
    const configuration = message.toString("latin1");
    const free = [...this.members].filter(({ isBusy, process }) => !isBusy && process.runs);
    const known =
      free.find((member) => member.configuration === configuration) ??
      free.find((member) => member.configuration === undefined);
    if (known) known.isBusy = true;
    const [idle] = free;
    if (!known && idle && this.members.size >= MOST) await this.end(idle);
    const member = known ?? (await this.startMember());
    member.isBusy = true;
    member.configuration = configuration;
    if (terraform.destroyed) member.isBusy = false;
    else this.assigned.set(terraform, member);
    forward(stream, headers, member.session, message);
  }

  private release(terraform: Http2Session): void {
    const member = this.assigned.get(terraform);
    this.assigned.delete(terraform);
    if (!member) return;
    member.isBusy = false;
    if (!this.members.has(member)) void this.end(member);
  }

  private any(): Member | undefined {
    return [...this.members].find(({ process }) => process.runs);
  }

  private async startMember(): Promise<Member> {
    const process = await SharedProvider.start(this.program, this.variables);
    const session = await sessionWith(process.socket);
    const member: Member = { process, session, configuration: undefined, isBusy: false };
    this.members.add(member);
    this.started.add(member);
    return member;
  }

  private async end(member: Member): Promise<void> {
    this.members.delete(member);
    this.started.delete(member);
    member.session.destroy();
    await member.process.stop();
  }

  private typesNow(): ReadonlySet<string> {
    for (const folder of this.folders) this.readTypes(folder);
    return this.types;
  }

  /** Notes the types that the configurations and states below a folder name, if they were not read before. */
  private readTypes(folder: string): void {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !WITHOUT_TYPES.has(entry.name)) this.readTypes(path);
      if (!entry.isFile() || !/\.tf(?:\.json)?$|\.tfstate$/.test(entry.name)) continue;
      try {
        const { mtimeMs } = statSync(path);
        if (this.read.get(path) === mtimeMs) continue;
        for (const type of typesIn({ text: readFileSync(path, "utf8") })) this.types.add(type);
        this.read.set(path, mtimeMs);
      } catch {
        // What a run has written for a moment is gone again.
      }
    }
  }
}

const WITHOUT_TYPES: ReadonlySet<string> = new Set([".git", ".terraform", "node_modules"]);

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
